"""The payout accounts of consultants."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Text, bindparam, literal, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from services.payments.domain.model import PayoutAccount
from services.payments.store.users import UnsentEmail, email_of
from services.payments.stripe_api.accounts import Account
from services.payments.tables import payout_accounts
from shared.clock import now
from shared.db import Query, Reader, Transaction

# Those checked longest ago come first, so that none starves behind accounts that were never
# onboarded or were rejected.
_AWAITED = """
    select a.user_id, a.account_id from payments.payout_accounts as a
    where a.account_id is not null and exists (
        select 1 from payments.payouts as p
        where p.consultant_id = a.user_id and p.status = 'pending' and p.available_on <= $1 and
            p.created_at < $2)
    order by a.checked_at nulls first limit 50
"""
_UNCHECKED = Query(
    select(payout_accounts.c.user_id, payout_accounts.c.account_id)
    .where(
        payout_accounts.c.account_id.is_not(None),
        payout_accounts.c.checked_at.is_(None) | (payout_accounts.c.checked_at < bindparam("at")),
    )
    .order_by(payout_accounts.c.checked_at.nulls_first())
    .limit(literal_column("50"))
)
_CHECKED_AT = Query(
    select(payout_accounts.c.checked_at).where(payout_accounts.c.user_id == bindparam("user"))
)
_OWNER = Query(
    select(payout_accounts.c.user_id).where(payout_accounts.c.account_id == bindparam("account"))
)
_WITHOUT_EMAIL = """
    select a.user_id, a.account_id as stripe_id, u.email from payments.payout_accounts as a
    join payments.users as u on u.user_id = a.user_id
    where a.account_id is not null and a.params ->> 'email' is null and u.email <> ''
    order by a.created_at limit $1
"""


class OpenedAccount(msgspec.Struct, frozen=True):
    """An account that exists at Stripe, with its id there."""

    user_id: UUID
    account_id: str


async def awaited(
    reader: Reader, available_on: datetime, created_before: datetime
) -> list[OpenedAccount]:
    """Accounts that payouts wait for, if these were created before `created_before` and are
    available by `available_on`.
    """
    rows = await reader.rows(_AWAITED, available_on, created_before)
    return [OpenedAccount(**row) for row in rows]


async def unchecked_since(reader: Reader, at: datetime) -> list[OpenedAccount]:
    """Accounts that were not read at Stripe since then."""
    return [OpenedAccount(**row) for row in await reader.rows(_UNCHECKED, at=at)]


async def without_email(reader: Reader, most: int) -> list[UnsentEmail]:
    """The oldest accounts that were created before their user's address was known."""
    return [UnsentEmail(**row) for row in await reader.rows(_WITHOUT_EMAIL, most)]


async def checked_at(reader: Reader, user_id: UUID) -> datetime | None:
    """When the account was last read at Stripe."""
    found: datetime | None = await reader.value(_CHECKED_AT, user=user_id)
    return found


async def get(db: Transaction, user_id: UUID) -> PayoutAccount | None:
    """The consultant's account; None if they have none."""
    mine = select(payout_accounts).where(payout_accounts.c.user_id == user_id)
    row = (await db.execute(mine)).mappings().one_or_none()
    return PayoutAccount(**row) if row is not None else None


async def get_for_update(db: Transaction, user_id: UUID) -> PayoutAccount:
    """The account of a consultant who has one, locked until the commit."""
    mine = select(payout_accounts).where(payout_accounts.c.user_id == user_id)
    return PayoutAccount(**(await db.execute(mine.with_for_update())).mappings().one())


async def next_for_update(db: Transaction, after: UUID, most: int) -> list[PayoutAccount]:
    """The next accounts that were opened at Stripe, in order of their users' ids, locked until the
    commit.
    """
    opened = payout_accounts.c.account_id.is_not(None) & (payout_accounts.c.user_id > after)
    query = select(payout_accounts).where(opened)
    query = query.order_by(payout_accounts.c.user_id).limit(most).with_for_update()
    return [PayoutAccount(**row) for row in (await db.execute(query)).mappings()]


async def owner_of(reader: Reader, account_id: str) -> UUID | None:
    """The consultant whose account at Stripe it is; None if it is not ours."""
    found: UUID | None = await reader.value(_OWNER, account=account_id)
    return found


async def active_id(db: Transaction, user_id: UUID) -> str | None:
    """The id of the consultant's account at Stripe; None if it cannot receive money."""
    found: str | None = await db.scalar(
        select(payout_accounts.c.account_id)
        .where(payout_accounts.c.user_id == user_id)
        .where(payout_accounts.c.status == "active")
    )
    return found


async def add(db: Transaction, user_id: UUID, params: dict[str, Any]) -> PayoutAccount:
    """Stores the parameters with which the account is to be created, unless they were stored
    before. Returns the account, locked until the commit.
    """
    new = insert(payout_accounts).values(
        user_id=user_id, params=params, status="pending", requirements=[], created_at=now()
    )
    await db.execute(new.on_conflict_do_nothing())
    return await get_for_update(db, user_id)


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


async def save_email(db: Transaction, user_id: UUID, email: str, *, is_accepted: bool) -> None:
    """Writes that the account has this address at Stripe, unless it has changed or was erased
    meanwhile. Of one that Stripe refused, only that is kept.
    """
    if await email_of(db, user_id) == email:
        added = {"email": email if is_accepted else ""}
        await save(db, user_id, params=payout_accounts.c.params.op("||")(added))


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
