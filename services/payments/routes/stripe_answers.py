"""Responses to errors of Stripe."""

import contextlib
from collections.abc import Iterator

from services.payments.errors import StripeRefused, StripeUnavailable
from services.payments.stripe_api import Refused, StripeProblem
from shared.telemetry import log


@contextlib.contextmanager
def stripe_answers() -> Iterator[None]:
    """Responds 503 if the client can retry, 502 if Stripe refused the request."""
    try:
        yield
    except Refused as refused:
        log.error("Stripe refused a request", reason=str(refused))
        raise StripeRefused from refused
    except StripeProblem as problem:
        raise StripeUnavailable from problem
