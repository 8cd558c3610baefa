"""Payout accounts: one connected account per consultant. Its state is read at Stripe whenever it
matters, so that nothing depends on the delivery of a webhook.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.payments.commands.payouts import wake_transfers
from services.payments.domain.model import PayoutAccount
from services.payments.errors import EmailNotVerified
from services.payments.settings import PaymentsSettings
from services.payments.store import accounts, users
from services.payments.store.users import UserEmail
from services.payments.stripe_api import Stripe, Uncertain
from services.payments.stripe_api import accounts as stripe_accounts
from services.payments.stripe_api.accounts import Account, Link
from shared.auth import User
from shared.clock import now
from shared.db import Database, Transaction
from shared.events import PayoutAccountChanged
from shared.outbox import emit

# The currency in which consultants of a country are paid; elsewhere it is the euro.
PAYOUT_CURRENCIES = {"us": "usd", "gb": "gbp", "ca": "cad", "au": "aud", "ch": "chf", "jp": "jpy"}
# Seconds: how long a user's event is waited for, and how often it is looked for meanwhile.
WAIT_FOR_USER, LOOK_EVERY = 1.0, 0.05
# How often an account is read if it is written concurrently each time.
MAX_READS = 3


class Connected(NamedTuple):
    """The account with a fresh onboarding link; `created` is whether this request created it."""

    account: Account
    link: Link
    created: bool


async def connect(
    database: Database, stripe: Stripe, settings: PaymentsSettings, user: User
) -> Connected:
    """The consultant's account, created on first use, and a new link to its onboarding. Raises
    EmailNotVerified if an account may not be opened yet.
    """
    account_id, created = await _account_for(database, stripe, settings, user)
    page = f"{settings.public_url.rstrip('/')}/payouts?onboarding="
    link, account = await asyncio.gather(
        stripe_accounts.onboarding_link(
            stripe, account_id, refresh_url=f"{page}refresh", return_url=f"{page}return"
        ),
        refresh(database, stripe, user.id, account_id),
    )
    return Connected(account, link, created)


async def _account_for(
    database: Database, stripe: Stripe, settings: PaymentsSettings, user: User
) -> tuple[str, bool]:
    async with database.transaction() as db:
        known = await accounts.get(db, user.id)
    if known is None:
        known = await _prepare(database, settings, user)
    if known.account_id is not None:
        return known.account_id, False
    made = await _create(stripe, known.params, user.id)
    async with database.transaction() as db:
        is_first = await accounts.save_id(db, user.id, made)
        if is_first:
            await emit(db, PayoutAccountChanged(user_id=user.id, state="pending"))
    return made.id, is_first


async def _create(stripe: Stripe, params: dict[str, Any], user_id: UUID) -> Account:
    key = f"account:{user_id}"
    try:
        return await stripe_accounts.create_account(stripe, params, key=key)
    except Uncertain as why:
        if not why.replayed:
            raise
    # Stripe failed with this key and repeats that answer for a day. If an account was created all
    # the same, no money can reach it.
    return await stripe_accounts.create_account(stripe, params, key=f"{key}:anew")


async def _prepare(database: Database, settings: PaymentsSettings, user: User) -> PayoutAccount:
    """Stores the parameters of the account before it is created, so that concurrent requests send
    the same.
    """
    must_be_verified = bool(settings.require_verified_email)
    known = await _known(database, user.id, verified=must_be_verified)
    if must_be_verified and not (known and known.email_verified):
        raise EmailNotVerified
    params: dict[str, Any] = {
        "user_id": str(user.id),
        "name": f"{user.first_name} {user.last_name}".strip(),
        "country": settings.payout_country,
        "currency": PAYOUT_CURRENCIES.get(settings.payout_country, "eur"),
    }
    async with database.transaction() as db:
        params["email"] = await users.email_of(db, user.id)
        return await accounts.add(db, user.id, params)


async def _known(database: Database, user_id: UUID, *, verified: bool) -> UserEmail | None:
    """The consultant as known from identity's events, or None. Right after they registered, or
    `verified` their address, the event may not have arrived yet.
    """
    waited = 0.0
    while True:
        found = await users.address_of(database.reader, user_id)
        is_known = found is not None and (found.email_verified or not verified)
        if is_known or waited >= WAIT_FOR_USER:
            return found
        await asyncio.sleep(LOOK_EVERY)
        waited += LOOK_EVERY


async def refresh(database: Database, stripe: Stripe, user_id: UUID, account_id: str) -> Account:
    """Reads the account at Stripe, writes and publishes what has changed, and makes waiting
    transfers due. If the account was written concurrently, what was read may be outdated: it is
    read again.
    """
    for _ in range(MAX_READS):
        before = await accounts.checked_at(database.reader, user_id)
        account = await stripe_accounts.account(stripe, account_id)
        async with database.transaction() as db:
            known = await accounts.get_for_update(db, user_id)
            account = _as_known(account, onboarded_at=known.onboarded_at)
            if known.checked_at == before:
                await _write(db, known, account)
                break
    return account


def _as_known(account: Account, *, onboarded_at: datetime | None) -> Account:
    """An account that could receive before and cannot now is restricted, whatever Stripe calls
    it.
    """
    if account.status == "pending" and onboarded_at is not None:
        return Account(account.id, "restricted", account.requirements)
    return account


async def _write(db: Transaction, known: PayoutAccount, account: Account) -> None:
    active = account.status == "active"
    values: dict[str, Any] = {
        "status": account.status,
        "requirements": account.requirements,
        "checked_at": now(),
    }
    if active and known.onboarded_at is None:
        values["onboarded_at"] = now()
    await accounts.save(db, known.user_id, **values)
    if known.status != account.status:
        await emit(db, PayoutAccountChanged(user_id=known.user_id, state=account.status))
    if active:
        await wake_transfers(db, known.user_id, account.id)


async def restrict(db: Transaction, user_id: UUID) -> None:
    """Records and publishes that Stripe has refused a transfer to an account that was believed to
    be active, and has the account read next.
    """
    if await accounts.restrict(db, user_id):
        await emit(db, PayoutAccountChanged(user_id=user_id, state="restricted"))
