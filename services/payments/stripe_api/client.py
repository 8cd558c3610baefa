"""The connection to Stripe, and the outcomes of a call: an answer, Declined, Refused or
Uncertain.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import aiohttp
import msgspec
import stripe
from opentelemetry.trace import SpanKind

from services.payments.metrics import STRIPE_CALLS, STRIPE_SECONDS
from services.payments.settings import PaymentsSettings
from shared.tracing import active

# The SDK's telemetry is of no use here, and costs a call of platform.platform() per request.
stripe.enable_telemetry = False

Made = TypeVar("Made")

CONNECT_SECONDS = 3.0
# Stripe keeps an idempotency key for at least 24 hours. Shortly before that, Stripe is searched for
# the outcome instead of relying on the key.
KEY_TRUSTED_FOR = timedelta(hours=23)
# Retries by the SDK itself, for calls that a user waits for and that are safe to repeat with their
# key.
PATIENT = 2


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


async def without_bad_email(
    make: Callable[[dict[str, Any], str], Awaitable[Made]], params: dict[str, Any], key: str
) -> Made:
    """Calls `make` with `params` and the key, and again without the e-mail address if Stripe
    refuses it: an address that only Stripe finds invalid must not keep anyone from paying or being
    paid.
    """
    try:
        return await make(params, key)
    except Refused as refused:
        if refused.code != "email_invalid":
            raise
    rest = {name: value for name, value in params.items() if name != "email"}
    return await make(rest, f"{key}:without-email")


class Stripe(msgspec.Struct, frozen=True):
    """A connection to one Stripe account; `api` is the SDK's client. With `livemode` real money
    moves.
    """

    api: stripe.StripeClient
    http: stripe.AIOHTTPClient
    accounts: str
    livemode: bool

    async def close(self) -> None:
        """Closes the pooled connections."""
        await self.http.close_async()  # type: ignore[no-untyped-call]


def connect(settings: PaymentsSettings) -> Stripe:
    """A client for the account of `settings`. Opens no connection yet; must be called from the
    loop's thread.
    """
    timeout = aiohttp.ClientTimeout(total=settings.stripe_timeout_seconds, connect=CONNECT_SECONDS)
    http = stripe.AIOHTTPClient(timeout=timeout)
    addresses: Any = (
        {"api": settings.stripe_api_base.rstrip("/")} if settings.stripe_api_base else {}
    )
    api = stripe.StripeClient(
        settings.stripe_secret_key,
        base_addresses=addresses,
        http_client=http,
        max_network_retries=0,
    )
    return Stripe(api, http, settings.stripe_accounts, settings.livemode)


async def raw(
    stripe: Stripe,
    method: str,
    path: str,
    params: dict[str, Any],
    *,
    key: str | None = None,
    retries: int = 0,
) -> dict[str, Any]:
    """The JSON that Stripe answers. The SDK's objects of one expanded PaymentIntent take 3 ms of
    CPU to build, and every booking needs three of them: there the SDK is asked for the plain
    answer.
    """
    options: dict[str, Any] = {
        "max_network_retries": retries,
        **({"idempotency_key": key} if key else {}),
    }
    response = await stripe.api.raw_request_async(method, path, **params, **options)
    data: dict[str, Any] = response.data
    return data


async def listed(
    stripe: Stripe, path: str, params: dict[str, Any], since: datetime, until: datetime | None
) -> AsyncIterator[dict[str, Any]]:
    """The objects that Stripe lists at `path` as created in [since, until) (None: until now by
    Stripe's clock), newest first, as plain JSON, page by page: a reconciliation reads a hundred
    thousand of them.
    """
    created = {"gte": int(since.timestamp())}
    if until is not None:
        created["lt"] = int(until.timestamp())
    wanted: dict[str, Any] = {**params, "created": created, "limit": 100}
    while True:
        async with call("list"):
            page = await raw(stripe, "get", path, wanted, retries=PATIENT)
        for one in page["data"]:
            yield one
        if not page["has_more"]:
            return
        wanted["starting_after"] = page["data"][-1]["id"]


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
