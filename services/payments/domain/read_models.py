"""What the two parties can look up about their payments: read models, which queries build. Amounts
are integers in the currency's minor unit.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from services.payments.domain.model import ChargeReason, PaymentStatus, PayoutStatus


class Person(msgspec.Struct, frozen=True):
    """One of the two parties; the names are empty where they are not known."""

    id: UUID
    first_name: str
    last_name: str


class ListedPayment(msgspec.Struct, frozen=True, kw_only=True):
    """A payment in its seeker's history; `amount` was charged, is held, or was released;
    `charged_amount` is what they have paid, less refunds (0 for a free session).
    """

    id: UUID
    booking_id: UUID
    consultant: Person
    scheduled_start: datetime
    amount: int
    refunded_amount: int
    charged_amount: int
    currency: str
    status: PaymentStatus
    created_at: datetime


class ListedPayout(msgspec.Struct, frozen=True, kw_only=True):
    """The consultant's share of one booking, as it is after refunds and disputes."""

    id: UUID
    booking_id: UUID
    seeker: Person
    scheduled_start: datetime
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


class StatementTotal(msgspec.Struct, frozen=True, kw_only=True):
    """The sums of a statement in one currency; `count` is the number of payments."""

    currency: str
    count: int
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

    @property
    def totals(self) -> list[StatementTotal]:
        """The sums of each currency, in the order of their codes."""
        by_currency: dict[str, list[StatementLine]] = {}
        for line in self.lines:
            by_currency.setdefault(line.currency, []).append(line)
        return [
            StatementTotal(
                currency=currency,
                count=len(found),
                gross=sum(line.gross for line in found),
                refunded=sum(line.refunded for line in found),
                commission=sum(line.commission for line in found),
                net=sum(line.net for line in found),
            )
            for currency, found in sorted(by_currency.items())
        ]


class MonthlySpending(msgspec.Struct, frozen=True):
    """What a seeker paid in a month (UTC), in one currency."""

    month: str
    currency: str
    count: int
    spent: int
    refunded: int


class MonthlyEarnings(msgspec.Struct, frozen=True):
    """What a consultant earned in a month (UTC), in one currency: `net` is gross less commission
    and refunds.
    """

    month: str
    currency: str
    count: int
    gross: int
    commission: int
    net: int
