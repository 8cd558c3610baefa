"""Payments in requests and responses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from services.payments.domain.model import PaymentStatus, RefundState
from services.payments.domain.model import Refund as DomainRefund
from services.payments.domain.read_models import ListedPayment, MonthlyEarnings, MonthlySpending
from services.payments.schemas.people import Person, person_schema
from shared.fields import RequestBody, VisibleParagraphs


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


class Spending(msgspec.Struct, frozen=True):
    """A seeker's months, oldest first."""

    items: list[SpendingMonth]


class Earnings(msgspec.Struct, frozen=True):
    """A consultant's months, oldest first."""

    items: list[EarningsMonth]


class Authentication(msgspec.Struct, frozen=True):
    """What the browser needs to have the cardholder confirm the payment."""

    client_secret: str


Reason = Annotated[VisibleParagraphs, msgspec.Meta(min_length=1, max_length=500)]
Amount = Annotated[int, msgspec.Meta(ge=1, le=10**12)]


class NewRefund(RequestBody, frozen=True):
    """`amount` in minor units; by default all that is left."""

    reason: Reason
    amount: Amount | None = None


class Refund(msgspec.Struct, frozen=True):
    """A refund of a payment, in whole or in part."""

    id: UUID
    booking_id: UUID
    amount: int
    reason: str
    status: RefundState
    created_at: datetime


def history_item_schema(payment: ListedPayment) -> HistoryItem:
    """A payment as its seeker sees it."""
    return HistoryItem(
        id=payment.id,
        booking_id=payment.booking_id,
        consultant=person_schema(payment.consultant),
        session_date=payment.scheduled_start,
        amount=payment.amount,
        amount_refunded=payment.refunded_amount,
        charged=payment.charged_amount,
        currency=payment.currency,
        status=payment.status,
        created_at=payment.created_at,
    )


def spending_schema(months: Iterable[MonthlySpending]) -> Spending:
    """A seeker's months as a response."""
    return Spending(
        [
            SpendingMonth(one.month, one.currency, one.count, one.spent, one.refunded)
            for one in months
        ]
    )


def earnings_schema(months: Iterable[MonthlyEarnings]) -> Earnings:
    """A consultant's months as a response."""
    return Earnings(
        [
            EarningsMonth(one.month, one.currency, one.count, one.gross, one.commission, one.net)
            for one in months
        ]
    )


def refund_schema(refund: DomainRefund) -> Refund:
    """A refund as a response."""
    return Refund(
        refund.id,
        refund.booking_id,
        refund.amount,
        refund.reason,
        refund.state,
        refund.created_at,
    )
