"""The payout accounts of consultants."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from services.payments.stripe_api.accounts import Account
from services.payments.tables import payout_accounts
from shared.clock import now
from shared.db import Transaction


async def get(db: Transaction, user_id: UUID) -> Any | None:
    """The consultant's row; None if they have no account."""
    mine = select(payout_accounts).where(payout_accounts.c.user_id == user_id)
    return (await db.execute(mine)).one_or_none()


async def get_for_update(db: Transaction, user_id: UUID) -> Any:
    """The row of a consultant who has an account, locked until the commit."""
    mine = select(payout_accounts).where(payout_accounts.c.user_id == user_id)
    return (await db.execute(mine.with_for_update())).one()


async def add(db: Transaction, user_id: UUID, params: dict[str, Any]) -> None:
    """Stores the parameters with which the account is to be created, unless they were stored
    before.
    """
    new = insert(payout_accounts).values(
        user_id=user_id, params=params, status="pending", requirements=[], created_at=now()
    )
    await db.execute(new.on_conflict_do_nothing())


async def save_id(db: Transaction, user_id: UUID, account: Account) -> bool:
    """Stores the account's id at Stripe; False if there is one already."""
    changed = await db.execute(
        update(payout_accounts)
        .where(payout_accounts.c.user_id == user_id, payout_accounts.c.account_id.is_(None))
        .values(account_id=account.id, requirements=account.requirements)
    )
    return changed.rowcount == 1


async def save(db: Transaction, user_id: UUID, **values: Any) -> None:
    """Writes `values` to the account."""
    mine = update(payout_accounts).where(payout_accounts.c.user_id == user_id)
    await db.execute(mine.values(**values))


async def save_checked(db: Transaction, user_id: UUID, at: datetime) -> None:
    """Writes when the account was last read at Stripe."""
    await save(db, user_id, checked_at=at)


async def save_email(db: Transaction, user_id: UUID, email: str) -> None:
    """Stores the address that the account has at Stripe; empty if Stripe rejects it."""
    await save(db, user_id, params=payout_accounts.c.params.op("||")({"email": email}))


async def erase_email(db: Transaction, user_id: UUID) -> None:
    """Deletes the address from what the account was created with."""
    await save(db, user_id, params=payout_accounts.c.params.op("-")(literal("email", Text)))


async def restrict(db: Transaction, user_id: UUID) -> bool:
    """Marks an active account as restricted, to be read at Stripe next; False if it is not
    active.
    """
    changed = await db.execute(
        update(payout_accounts)
        .where(payout_accounts.c.user_id == user_id, payout_accounts.c.status == "active")
        .values(status="restricted", checked_at=None)
    )
    return changed.rowcount == 1
