"""Of some events only part is worth a word: which part. Pure."""

from __future__ import annotations

from typing import Any

from shared.events import BookingAccepted, PaymentDisputed, PaymentRefunded, PayoutSent


def always(event: Any) -> bool:
    """Nearly every event is worth a word as it is."""
    return True


def first_attempt(event: BookingAccepted) -> bool:
    """A further attempt is the seeker's own doing: they need not be told by mail."""
    return event.attempt == 1


def is_money_back(event: PaymentRefunded) -> bool:
    """A negative refund is one that the bank has returned to us."""
    return event.amount > 0


def is_opened(event: PaymentDisputed) -> bool:
    """How a dispute ended is seen in the payment; that there is one must be answered."""
    return event.reason == "opened"


def is_paid(event: PayoutSent) -> bool:
    """A reversal comes with a refund or a dispute, which is told by itself."""
    return event.state == "paid"
