"""Payments, payouts, refunds and disputes of bookings. Amounts are integers in the currency's minor
unit.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

import msgspec


class PaymentStatus(StrEnum):
    """The status of a booking's payment."""

    NONE = "none"
    AUTHORIZING = "authorizing"
    AUTHORIZED = "authorized"
    FAILED = "failed"
    CAPTURED = "captured"
    RELEASED = "released"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


class Due(StrEnum):
    """What booking has decided about the money."""

    CAPTURE = "capture"
    RELEASE = "release"


class PayoutStatus(StrEnum):
    """The status of the consultant's share."""

    PENDING = "pending"
    PAID = "paid"
    REVERSED = "reversed"


class RefundState(StrEnum):
    """The outcome of a refund."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class DisputeOutcome(StrEnum):
    """The decision of the cardholder's bank."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class SetupState(StrEnum):
    """Whether the outcome of saving a card is still waited for."""

    OPEN = "open"
    DONE = "done"


class StripeEventState(StrEnum):
    """Whether an event of Stripe's was handled. FAILED: it was given up, and is kept for
    operators.
    """

    PENDING = "pending"
    DONE = "done"
    IGNORED = "ignored"
    FAILED = "failed"


# Whether a consultant's account can receive transfers.
AccountStatus = Literal["pending", "active", "restricted", "rejected"]
# Why a booking was charged.
ChargeReason = Literal["session_ended", "cancelled", "no_show"]


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """A movement of money on our balance at Stripe, in the currency in which it settled: `amount`
    is negative if it left the balance. `fee` is Stripe's, negative when it is returned.
    """

    amount: int
    currency: str
    fee: int = 0


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """The payment of one booking. `due` and `due_amount` are what booking has decided, null until
    then; `capture_before` is when the hold lapses. `settled_amount` is `captured_amount` in the
    currency of our balance, converted by Stripe, null until it has settled.
    """

    booking_id: UUID
    id: UUID
    seeker_id: UUID
    consultant_id: UUID
    scheduled_start: datetime
    scheduled_end: datetime
    calendar_sequence: int
    amount: int
    currency: str
    commission_bps: int
    status: PaymentStatus
    attempt: int
    renewals: int
    failure: str | None
    payment_intent_id: str | None
    charge_id: str | None
    payment_method_id: str | None
    capture_before: datetime | None
    due: Due | None
    due_amount: int | None
    due_reason: str | None
    captured_amount: int
    commission_amount: int
    refunded_amount: int
    settled_amount: int | None
    settled_currency: str | None
    stripe_fee: int | None
    captured_at: datetime | None
    receipt_number: int | None
    created_at: datetime
    updated_at: datetime

    @property
    def charge_is_due(self) -> bool:
        """Whether booking has decided that something is charged."""
        return self.due == Due.CAPTURE and bool(self.due_amount)

    @property
    def owed(self) -> bool:
        """Whether the seeker owes the due amount and no hold covers it."""
        return self.status == PaymentStatus.FAILED and self.due == Due.CAPTURE

    @property
    def payout_currency(self) -> str:
        """The currency of the consultant's share, in which the capture settled."""
        return self.settled_currency or self.currency


class Payout(msgspec.Struct, frozen=True, kw_only=True):
    """The consultant's share of a capture. `reversed_amount` was deducted by refunds and disputes,
    `recalled_amount` was reversed in Stripe's Dashboard, `sent_amount` is on the consultant's
    account.
    """

    booking_id: UUID
    consultant_id: UUID
    gross_amount: int
    commission_amount: int
    amount: int
    reversed_amount: int
    recalled_amount: int
    sent_amount: int
    currency: str
    status: PayoutStatus
    transfer_id: str | None
    available_on: datetime
    paid_at: datetime | None
    created_at: datetime

    @property
    def missing(self) -> int:
        """The amount still to be sent to the consultant; if negative, to be reversed. Refunds and
        disputes reduce it, and what was reversed in the Dashboard is not sent again, in whatever
        order they came.
        """
        due = max(self.amount - self.reversed_amount - self.recalled_amount, 0)
        return due - self.sent_amount


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """A refund to the card; `commission_amount` is the commission that we lose by it."""

    id: UUID
    booking_id: UUID
    amount: int
    commission_amount: int
    reason: str
    requested_by: UUID | None
    state: RefundState
    refund_id: str | None
    failure: str | None
    created_at: datetime
    updated_at: datetime


class Dispute(msgspec.Struct, frozen=True, kw_only=True):
    """A dispute of a charge: `amount` in the bank's currency, which is `charge_amount` of the
    captured money in the charge's. `share` is the consultant's part of that. `status` is Stripe's,
    which adds new ones; `outcome` is what we make of it.
    """

    dispute_id: str
    booking_id: UUID
    amount: int
    currency: str
    charge_amount: int
    fee: int
    commission_amount: int
    share: int
    reason: str
    status: str
    outcome: DisputeOutcome
    opened_at: datetime
    closed_at: datetime | None


class SavedCard(msgspec.Struct, frozen=True, kw_only=True):
    """The card that a seeker chose last: `chosen_at` is when they confirmed it, not when they
    opened the form. `removed_at` is null while it is on file.
    """

    user_id: UUID
    payment_method_id: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    chosen_at: datetime
    removed_at: datetime | None


class CardSetup(msgspec.Struct, frozen=True, kw_only=True):
    """A SetupIntent, with which a seeker saves a card. It was checked at Stripe `checks` times, and
    is next at `check_at`.
    """

    setup_intent_id: str
    user_id: UUID
    state: SetupState
    checks: int
    check_at: datetime
    created_at: datetime


class PayoutAccount(msgspec.Struct, frozen=True, kw_only=True):
    """A consultant's account at Stripe. `params` is what it is created with; `account_id` is null
    until then. `requirements` is what Stripe still requires, `onboarded_at` when the account could
    first receive transfers, and `checked_at` when it was last read at Stripe.
    """

    user_id: UUID
    account_id: str | None
    params: dict[str, Any]
    status: AccountStatus
    requirements: list[str]
    onboarded_at: datetime | None
    checked_at: datetime | None
    created_at: datetime
