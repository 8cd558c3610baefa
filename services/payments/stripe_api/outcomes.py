"""The outcomes of a call to Stripe: an answer, Declined, Refused or Uncertain."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import stripe
from opentelemetry.trace import SpanKind

from services.payments.metrics import STRIPE_CALLS, STRIPE_SECONDS
from shared.tracing import active


class StripeProblem(Exception):
    """A call that did not succeed."""


class Declined(StripeProblem):
    """The bank declined (402). `reason` is a payment_failure; the intent stays at Stripe and can be
    confirmed again.
    """

    def __init__(
        self, reason: str, code: str, intent_id: str | None, charge_id: str | None
    ) -> None:
        super().__init__(code)
        self.reason, self.code, self.intent_id, self.charge_id = reason, code, intent_id, charge_id


class Refused(StripeProblem):
    """Stripe refused the call because of a parameter, a state or the key; nothing was done.
    `intent` is the PaymentIntent in question.
    """

    def __init__(self, code: str, message: str, intent: Any = None) -> None:
        super().__init__(f"{code}: {message}"[:500])
        self.code, self.intent = code, intent


class Uncertain(StripeProblem):
    """It is unknown whether the call took effect (timeout, 5xx), or it is to be retried later (409,
    429), with the same key. `replayed`: this is the stored answer of an earlier try, which will not
    change as long as the key is kept.
    """

    def __init__(self, why: str, *, replayed: bool = False) -> None:
        super().__init__(why)
        self.replayed = replayed


FAILURES = {
    "insufficient_funds": "insufficient_funds",
    "expired_card": "expired_card",
    "authentication_required": "authentication_required",
    "payment_intent_authentication_failure": "authentication_required",
    "processing_error": "processing_error",
    "try_again_later": "processing_error",
    "issuer_not_available": "processing_error",
    "reenter_transaction": "processing_error",
}


def failure_of(code: str | None, decline_code: str | None) -> str:
    """The `payment_failure` for Stripe's codes; any other decline is `card_declined`."""
    for known in (decline_code, code):
        if known in FAILURES:
            return FAILURES[known]
    return "card_declined"


@contextlib.asynccontextmanager
async def call(operation: str) -> AsyncIterator[None]:
    """Around one call: counts it by outcome, and raises the SDK's errors as Declined, Refused or
    Uncertain.
    """
    tracing, started = active(), time.perf_counter()
    try:
        with tracing.step(f"stripe {operation}", SpanKind.CLIENT, _ABOUT) if tracing else _NOTHING:
            yield
    except stripe.CardError as error:
        STRIPE_CALLS.labels(operation, "declined").inc()
        raise _declined(error) from error
    except stripe.RateLimitError as error:
        STRIPE_CALLS.labels(operation, "limited").inc()
        raise Uncertain("429") from error
    except stripe.APIConnectionError as error:
        STRIPE_CALLS.labels(operation, "unreachable").inc()
        raise Uncertain(f"no answer: {type(error.__cause__).__name__}") from error
    except (stripe.InvalidRequestError, stripe.IdempotencyError) as error:
        STRIPE_CALLS.labels(operation, "refused").inc()
        raise _refused(error) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        STRIPE_CALLS.labels(operation, "unauthorized").inc()
        raise Refused("unauthorized", str(error.user_message or "")) from error
    except stripe.StripeError as error:  # 409, 5xx, or a response that is not JSON
        STRIPE_CALLS.labels(operation, "failed").inc()
        replayed = (
            _header(error, "idempotent-replayed") == "true" and (error.http_status or 0) >= 500
        )
        raise Uncertain(str(error.http_status), replayed=replayed) from error
    # the connection broke while the body was read
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        STRIPE_CALLS.labels(operation, "unreachable").inc()
        raise Uncertain(f"no answer: {type(error).__name__}") from error
    finally:
        STRIPE_SECONDS.labels(operation).observe(time.perf_counter() - started)
    STRIPE_CALLS.labels(operation, "ok").inc()


_ABOUT = {"peer.service": "stripe"}
_NOTHING = contextlib.nullcontext()


def _header(error: stripe.StripeError, name: str) -> str | None:
    headers = error.headers or {}
    return next((value for key, value in headers.items() if key.lower() == name), None)


def _body(error: stripe.StripeError) -> Any:
    body: Any = error.json_body
    return body.get("error", {}) if isinstance(body, dict) else {}


def _declined(error: stripe.CardError) -> Declined:
    body = _body(error)
    code, decline_code = body.get("code"), body.get("decline_code")
    intent = body.get("payment_intent") or {}
    return Declined(
        failure_of(code, decline_code),
        decline_code or code or "card_declined",
        intent.get("id"),
        body.get("charge"),
    )


def _refused(error: stripe.StripeError) -> Refused:
    body = _body(error)
    return Refused(
        body.get("code") or body.get("type") or "invalid_request",
        body.get("message") or "",
        body.get("payment_intent"),
    )
