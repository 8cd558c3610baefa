"""What payments keeps of a booking's money: the payment, the consultant's payout, refunds and
disputes. Amounts are integers in the currency's minor unit.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec


class PaymentStatus(StrEnum):
    """What is true of the money of a booking."""

    NONE = "none"
    AUTHORIZING = "authorizing"
    AUTHORIZED = "authorized"
    FAILED = "failed"
    CAPTURED = "captured"
    RELEASED = "released"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


class Due(StrEnum):
    """What the booking has decided about the money."""

    CAPTURE = "capture"
    RELEASE = "release"


class PayoutStatus(StrEnum):
    """Where the consultant's share is."""

    PENDING = "pending"
    PAID = "paid"
    REVERSED = "reversed"


class RefundState(StrEnum):
    """What came of a refund."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class DisputeOutcome(StrEnum):
    """What the cardholder's bank has decided."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """What a movement of money came to on our balance at Stripe, in the currency in which it
    settled: `amount` is negative when it left. `fee` is Stripe's, negative when it is returned.
    """

    amount: int
    currency: str
    fee: int = 0


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """The money of one booking. `due` and `due_amount` are what the booking has decided, null until
    then; `capture_before` is when the hold lapses. `settled_amount` is what Stripe made of
    `captured_amount` in the currency of our balance, null until it has settled.
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
    booking_status: str
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
    def owed(self) -> bool:
        """Whether the seeker owes what the booking has decided, and no hold covers it."""
        return self.status == PaymentStatus.FAILED and self.due == Due.CAPTURE

    @property
    def payout_currency(self) -> str:
        """The currency of the consultant's share: that in which the capture settled."""
        return self.settled_currency or self.currency


class Payout(msgspec.Struct, frozen=True, kw_only=True):
    """The consultant's share of a capture. `reversed_amount` is what refunds and disputes took of
    it, `recalled_amount` what was taken back in Stripe's Dashboard, `sent_amount` what is on the
    consultant's account.
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
        """What is still to be sent to the consultant; negative: to be taken back. Refunds and
        disputes take their share, and what was recalled by hand is not sent again, whichever came
        first.
        """
        due = max(self.amount - self.reversed_amount - self.recalled_amount, 0)
        return due - self.sent_amount


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """Money that goes back to the card; `commission_amount` is the part of it that we lose."""

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
    """A charge that the cardholder's bank wants back: `amount` in the bank's currency, which is
    `charge_amount` of the captured money in the charge's. `share` is the consultant's part of that.
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
