"""The only package that imports the Stripe SDK: plain async functions with named outcomes
(`outcomes.py`).

None of them retries a call that moves money: the worker does, with the idempotency key of the
step's row.
"""

from services.payments.stripe_api.client import KEY_TRUSTED_FOR, Stripe, connect
from services.payments.stripe_api.outcomes import Declined, Refused, StripeProblem, Uncertain

__all__ = [
    "KEY_TRUSTED_FOR",
    "Declined",
    "Refused",
    "Stripe",
    "StripeProblem",
    "Uncertain",
    "connect",
]
