"""Stripe's trouble as clients are told of it."""

import contextlib
from collections.abc import Iterator

from services.payments.errors import StripeRefused, StripeUnavailable
from services.payments.stripe_api import Refused, StripeProblem
from shared.telemetry import log


@contextlib.contextmanager
def stripe_answers() -> Iterator[None]:
    """Tells the client what Stripe's trouble is to them: try again, or it is our fault."""
    try:
        yield
    except Refused as refused:
        log.error("Stripe refused a request", reason=str(refused))
        raise StripeRefused from refused
    except StripeProblem as problem:
        raise StripeUnavailable from problem
