"""Payments in requests and responses."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from services.payments.domain.model import Refund as DomainRefund
from services.payments.domain.model import RefundState
from services.payments.domain.views import EarningsMonth, SpendingMonth
from shared.fields import RequestBody, VisibleParagraphs


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
