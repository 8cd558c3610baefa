"""What clients see of trouble at Stripe."""

import contextlib
from collections.abc import Iterator

from services.payments.errors import StripeRefused, StripeUnavailable
from services.payments.stripe_api import Refused, StripeProblem
from shared.telemetry import log


@contextlib.contextmanager
def stripe_answers() -> Iterator[None]:
    """Answers 503 where the client can try again, 502 where Stripe refuses the request."""
    try:
        yield
    except Refused as refused:
        log.error("Stripe refused a request", reason=str(refused))
        raise StripeRefused from refused
    except StripeProblem as problem:
        raise StripeUnavailable from problem
