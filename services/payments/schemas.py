"""What clients send and get."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec


class SetupIntent(msgspec.Struct, frozen=True):
    """What the browser needs to save a card with Stripe."""

    setup_intent_id: str
    client_secret: str
    publishable_key: str


class PaymentMethod(msgspec.Struct, frozen=True):
    """The card on file."""

    id: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int


class ConnectAccount(msgspec.Struct, frozen=True):
    """The consultant's payout account with a fresh way into its onboarding, good for one visit
    until `expires_at`.
    """

    account_id: str
    status: str
    onboarding_url: str
    expires_at: datetime


class ConnectStatus(msgspec.Struct, frozen=True):
    """Whether the consultant can be paid (`status`: pending, active, restricted, rejected), and
    what Stripe still wants.
    """

    account_id: str
    status: str
    requirements: list[str]


class Person(msgspec.Struct, frozen=True):
    """The other party."""

    id: UUID
    first_name: str
    last_name: str


class HistoryItem(msgspec.Struct, frozen=True):
    """One payment of the seeker; `amount` is what was charged, or is held, or was let go."""

    id: UUID
    booking_id: UUID
    consultant: Person
    session_date: datetime
    amount: int
    amount_refunded: int
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


class Spending(msgspec.Struct, frozen=True):
    """A seeker's months, oldest first."""

    items: list[SpendingMonth]


class Earnings(msgspec.Struct, frozen=True):
    """A consultant's months, oldest first."""

    items: list[EarningsMonth]


class Authentication(msgspec.Struct, frozen=True):
    """What the browser needs to have the cardholder confirm the payment."""

    client_secret: str


Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
Amount = Annotated[int, msgspec.Meta(ge=1, le=10**12)]


class RefundRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`amount` in minor units; all that is left when absent."""

    reason: Reason
    amount: Amount | None = None


class Refund(msgspec.Struct, frozen=True):
    """A refund (`status`: pending, succeeded, failed)."""

    id: UUID
    booking_id: UUID
    amount: int
    reason: str
    status: str
    created_at: datetime
