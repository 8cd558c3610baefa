"""Payouts and the payout account in responses."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from services.payments.commands.accounts import Connected
from services.payments.domain.model import AccountStatus, PayoutStatus
from services.payments.domain.read_models import ListedPayout
from services.payments.schemas.people import Person, person_schema
from services.payments.stripe_api.accounts import Account


class PayoutOnboarding(msgspec.Struct, frozen=True):
    """The consultant's payout account with a fresh link to its onboarding, valid for one visit
    until `expires_at`.
    """

    account_id: str
    status: AccountStatus
    onboarding_url: str
    expires_at: datetime


class PayoutAccount(msgspec.Struct, frozen=True):
    """Whether the consultant can be paid, and what Stripe still requires."""

    account_id: str
    status: AccountStatus
    requirements: list[str]


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


def payout_onboarding_schema(connected: Connected) -> PayoutOnboarding:
    """A payout account with its onboarding, as seen by its owner."""
    account, link = connected.account, connected.link
    return PayoutOnboarding(account.id, account.status, link.url, link.expires_at)


def payout_account_schema(account: Account) -> PayoutAccount:
    """A payout account as seen by its owner."""
    return PayoutAccount(account.id, account.status, account.requirements)


def payout_item_schema(payout: ListedPayout) -> PayoutItem:
    """A payout as its consultant sees it."""
    return PayoutItem(
        id=payout.id,
        booking_id=payout.booking_id,
        seeker=person_schema(payout.seeker),
        session_date=payout.scheduled_start,
        gross_amount=payout.gross_amount,
        commission_amount=payout.commission_amount,
        amount=payout.amount,
        currency=payout.currency,
        status=payout.status,
        transfer_id=payout.transfer_id,
        available_on=payout.available_on,
        created_at=payout.created_at,
    )
