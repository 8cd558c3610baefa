"""What the two parties see of their cards, payments and payouts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec


class PaymentMethod(msgspec.Struct, frozen=True):
    """The card on file."""

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
    """One payment of the seeker; `amount` is what was charged, or is held, or was let go, `charged`
    what they have paid and not got back: 0 for a free session.
    """

    id: UUID
    booking_id: UUID
    consultant: Person
    session_date: datetime
    amount: int
    amount_refunded: int
    charged: int
    currency: str
    status: str
    created_at: datetime


class PayoutItem(msgspec.Struct, frozen=True):
    """The consultant's share of one booking (`status`: pending, paid, reversed)."""

    id: UUID
    booking_id: UUID
    seeker: Person
    session_date: datetime
    gross_amount: int
    commission_amount: int
    amount: int
    currency: str
    status: str
    transfer_id: str | None
    available_on: datetime
    created_at: datetime


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What a receipt says of a captured payment: `number` counts its seller's, the consultant's."""

    number: int
    booking_id: UUID
    seeker: Person
    consultant: Person
    session_start: datetime
    session_end: datetime
    reason: str | None
    currency: str
    amount: int
    amount_refunded: int
    captured_at: datetime


class StatementLine(msgspec.Struct, frozen=True, kw_only=True):
    """One captured payment in a statement; `other` is the other party. `net` is what the reader
    paid, or was left with.
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
    """What a person paid (`role` seeker) or earned (consultant) in a year, oldest first."""

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
    and what went back.
    """

    month: str
    currency: str
    count: int
    gross: int
    commission: int
    net: int
