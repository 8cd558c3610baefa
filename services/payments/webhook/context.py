"""What recording Stripe's state takes, for webhook handlers and reconciliation."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from services.payments.stripe_api import Stripe
from shared.db import Database


class StripeContext(NamedTuple):
    """Where objects are read at Stripe, and where what has happened to them is recorded.
    `payout_delay` lies between a capture that is recorded and its payout.
    """

    database: Database
    stripe: Stripe
    payout_delay: timedelta
