"""Conditions for events of which only some cause a notification. Pure."""

from __future__ import annotations

from typing import Any

from shared.events import (
    BookingAccepted,
    PaymentDisputed,
    PaymentFailed,
    PaymentRefunded,
    PayoutSent,
    RescheduleWithdrawn,
)


def always(event: Any) -> bool:
    """Most events always cause a notification."""
    return True


def first_attempt(event: BookingAccepted) -> bool:
    """The seeker starts further attempts, and needs no mail about them."""
    return event.attempt == 1


def is_withdrawn_by_proposer(event: RescheduleWithdrawn) -> bool:
    """Otherwise the booking ended or its session began, which has its own notification."""
    return event.withdrawn_by != "system"


def is_owed(event: PaymentFailed) -> bool:
    """Before the booking is over, BookingPaymentFailed says what the seeker must do."""
    return event.owed


def is_money_back(event: PaymentRefunded) -> bool:
    """A negative refund is one that the bank returned to us."""
    return event.amount > 0


def is_opened(event: PaymentDisputed) -> bool:
    """Opening a dispute requires an answer; its outcome is visible in the payment."""
    return event.reason == "opened"


def is_paid(event: PayoutSent) -> bool:
    """A reversal is part of a refund or a dispute, which has its own notification. Nothing is on
    its way where commission, refunds and disputes have taken all.
    """
    return event.state == "paid" and event.amount > 0
