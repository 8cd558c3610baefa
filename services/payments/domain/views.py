"""Cards, payments and payouts as shown to the two parties."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from services.payments.domain.model import ChargeReason, PaymentStatus, PayoutStatus


class PaymentMethod(msgspec.Struct, frozen=True):
    """The saved card."""

    id: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int


class Person(msgspec.Struct, frozen=True):
    """The other party."""

    id: UUID
    first_name: str
    last_name: str


class HistoryItem(msgspec.Struct, frozen=True):
    """One payment of the seeker; `amount` was charged, is held, or was released; `charged` is what
    they have paid, less refunds (0 for a free session).
    """

    id: UUID
    booking_id: UUID
    consultant: Person
    session_date: datetime
    amount: int
    amount_refunded: int
    charged: int
    currency: str
    status: PaymentStatus
    created_at: datetime


class PayoutItem(msgspec.Struct, frozen=True):
    """The consultant's share of one booking."""

    id: UUID
    booking_id: UUID
    seeker: Person
    session_date: datetime
    gross_amount: int
    commission_amount: int
    amount: int
    currency: str
    status: PayoutStatus
    transfer_id: str | None
    available_on: datetime
    created_at: datetime


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The content of a receipt for a captured payment; `number` counts the receipts of its seller,
    the consultant.
    """

    number: int
    booking_id: UUID
    seeker: Person
    consultant: Person
    session_start: datetime
    session_end: datetime
    reason: ChargeReason | None
    currency: str
    amount: int
    amount_refunded: int
    captured_at: datetime


class StatementLine(msgspec.Struct, frozen=True, kw_only=True):
    """One captured payment in a statement; `other` is the other party. `net` is what the reader
    paid or received in the end.
    """

    captured_at: datetime
    receipt_number: int | None
    booking_id: UUID
    other: Person
    session_start: datetime
    currency: str
    gross: int
    refunded: int
    commission: int
    net: int


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What a user paid (`role` seeker) or earned (consultant) in a year, oldest first."""

    year: int
    role: str
    holder: Person
    lines: list[StatementLine]


class SpendingMonth(msgspec.Struct, frozen=True):
    """What a seeker paid in a month (UTC), in one currency."""

    month: str
    currency: str
    count: int
    spent: int
    refunded: int


class EarningsMonth(msgspec.Struct, frozen=True):
    """What a consultant earned in a month (UTC), in one currency: `net` is gross less commission
    and refunds.
    """

    month: str
    currency: str
    count: int
    gross: int
    commission: int
    net: int
