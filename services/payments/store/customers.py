"""The Stripe customers of seekers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, bindparam, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from services.payments.store.users import UnsentEmail, email_of
from services.payments.tables import customers, users
from shared.clock import now
from shared.db import Query, Reader, Transaction

_ID = Query(select(customers.c.customer_id).where(customers.c.user_id == bindparam("user")))
_WITHOUT_EMAIL = """
    select c.user_id, c.customer_id as stripe_id, p.email from payments.customers as c
    join payments.users as p on p.user_id = c.user_id
    where c.customer_id is not null and not c.params ? 'email' and p.email <> ''
    order by c.created_at limit $1
"""
_params_without_email = customers.c.params.op("-")(literal("email", Text))


async def id_of(reader: Reader, user_id: UUID) -> str | None:
    """The id of the user's customer at Stripe; None if there is none yet."""
    found: str | None = await reader.value(_ID, user=user_id)
    return found


async def without_email(reader: Reader, most: int) -> list[UnsentEmail]:
    """The oldest customers of which Stripe was not given the user's address."""
    return [UnsentEmail(**row) for row in await reader.rows(_WITHOUT_EMAIL, most)]


async def add(
    db: Transaction, user_id: UUID, params: dict[str, Any]
) -> tuple[dict[str, Any], datetime]:
    """Stores the parameters with which the customer is to be created, unless they were stored
    before. Returns the stored ones and when they were stored.
    """
    new = insert(customers).values(user_id=user_id, params=params, created_at=now())
    await db.execute(new.on_conflict_do_nothing())
    row = (await db.execute(select(customers).where(customers.c.user_id == user_id))).one()
    return row.params, row.created_at


async def lock(db: Transaction, user_id: UUID) -> None:
    """Locks the user's customer until the commit."""
    mine = select(customers.c.user_id).where(customers.c.user_id == user_id)
    await db.execute(mine.with_for_update())


async def save_id(
    db: Transaction, user_id: UUID, customer_id: str, *, replaces: str | None = None
) -> bool:
    """Stores the customer's id at Stripe in place of `replaces`; False if the current one is
    another.
    """
    expected = customers.c.customer_id.is_not_distinct_from(replaces)
    changed = await db.execute(
        update(customers)
        .where(customers.c.user_id == user_id, expected)
        .values(customer_id=customer_id)
    )
    return changed.rowcount == 1


async def save_email(db: Transaction, user_id: UUID, email: str, *, is_accepted: bool) -> None:
    """Writes that Stripe was given this address, unless it has changed or was erased meanwhile:
    the customer then still waits for the new one. Of one that Stripe refused, only that is kept.
    """
    if await email_of(db, user_id) == email:
        added = customers.c.params.op("||")({"email": email if is_accepted else None})
        mine = update(customers).where(customers.c.user_id == user_id)
        await db.execute(mine.values(params=added))


async def renew_email(db: Transaction, user_id: UUID) -> None:
    """Makes the customer wait for the user's address, if Stripe was given another one."""
    current = select(users.c.email).where(users.c.user_id == user_id).scalar_subquery()
    given = customers.c.params["email"].astext
    mine = update(customers).where(
        customers.c.user_id == user_id,
        customers.c.customer_id.is_not(None),
        given.is_distinct_from(current),
    )
    await db.execute(mine.values(params=_params_without_email))


async def erase_email(db: Transaction, user_id: UUID) -> None:
    """Deletes the address from what the customer was created with."""
    mine = update(customers).where(customers.c.user_id == user_id)
    await db.execute(mine.values(params=_params_without_email))
