"""The only room that imports the Stripe SDK: plain async functions, whose outcomes have names
(`client.py`).

None of them retries a call that moves money: the operation's own row does, with the same
idempotency key.
"""

from services.payments.stripe_api.client import (
    Declined,
    Refused,
    Stripe,
    StripeProblem,
    Uncertain,
    connect,
)

__all__ = ["Declined", "Refused", "Stripe", "StripeProblem", "Uncertain", "connect"]
