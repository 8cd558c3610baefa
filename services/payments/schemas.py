"""Request and response bodies of the payments API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from services.payments.domain.model import AccountStatus, ChargeReason, RefundState
from services.payments.domain.views import EarningsMonth, Person, SpendingMonth
from shared.fields import RequestBody, VisibleParagraphs


class SetupIntent(msgspec.Struct, frozen=True):
    """What the browser needs to save a card with Stripe."""

    setup_intent_id: str
    client_secret: str
    publishable_key: str


class ConnectAccount(msgspec.Struct, frozen=True):
    """The consultant's payout account with a fresh link to its onboarding, valid for one visit
    until `expires_at`.
    """

    account_id: str
    status: AccountStatus
    onboarding_url: str
    expires_at: datetime


class ConnectStatus(msgspec.Struct, frozen=True):
    """Whether the consultant can be paid, and what Stripe still requires."""

    account_id: str
    status: AccountStatus
    requirements: list[str]


class Spending(msgspec.Struct, frozen=True):
    """A seeker's months, oldest first."""

    items: list[SpendingMonth]


class Earnings(msgspec.Struct, frozen=True):
    """A consultant's months, oldest first."""

    items: list[EarningsMonth]


class Authentication(msgspec.Struct, frozen=True):
    """What the browser needs to have the cardholder confirm the payment."""

    client_secret: str


class ReceiptView(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt as printed: `number` counts the receipts of the seller, who is the consultant.
    `reason` says why it was charged; `total` is what was charged, less refunds.
    """

    number: str
    booking_id: UUID
    seeker: Person
    consultant: Person
    session_start: datetime
    session_end: datetime
    reason: ChargeReason
    currency: str
    amount: int
    amount_refunded: int
    total: int
    captured_at: datetime
    issuer: str
    issuer_address: list[str]
    tax_id: str | None
    note: str | None


class StatementRow(msgspec.Struct, frozen=True, kw_only=True):
    """One captured payment; `net_amount` is what the reader paid or received in the end."""

    captured_at: datetime
    receipt_number: str | None
    booking_id: UUID
    other_party: Person
    session_start: datetime
    currency: str
    gross_amount: int
    refunded_amount: int
    commission_amount: int
    net_amount: int


class StatementTotal(msgspec.Struct, frozen=True, kw_only=True):
    """The sums of a statement in one currency; `count` is the number of payments."""

    currency: str
    count: int
    gross_amount: int
    refunded_amount: int
    commission_amount: int
    net_amount: int


class StatementView(msgspec.Struct, frozen=True, kw_only=True):
    """A year's captured payments, oldest first, and their totals by currency. `number` names the
    statement: there is one per person and year. `holder` is the user it belongs to.
    """

    number: str
    year: int
    holder: Person
    issuer: str
    issuer_address: list[str]
    tax_id: str | None
    note: str | None
    items: list[StatementRow]
    totals: list[StatementTotal]


Reason = Annotated[VisibleParagraphs, msgspec.Meta(min_length=1, max_length=500)]
Amount = Annotated[int, msgspec.Meta(ge=1, le=10**12)]


class RefundRequest(RequestBody, frozen=True):
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
