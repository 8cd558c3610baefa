"""The payout account in responses."""

from __future__ import annotations

from datetime import datetime

import msgspec

from services.payments.commands.accounts import Connected
from services.payments.domain.model import AccountStatus
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


def payout_onboarding_schema(connected: Connected) -> PayoutOnboarding:
    """A payout account with its onboarding, as seen by its owner."""
    account, link = connected.account, connected.link
    return PayoutOnboarding(account.id, account.status, link.url, link.expires_at)


def payout_account_schema(account: Account) -> PayoutAccount:
    """A payout account as seen by its owner."""
    return PayoutAccount(account.id, account.status, account.requirements)
