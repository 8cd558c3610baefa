"""Mails as rows: written once per fact, kind and reader, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import RowMapping, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.domain.kinds import Category, Kind
from services.notifications.tables import mails
from shared.clock import now
from shared.ids import new_id

GIVE_UP_AFTER = timedelta(days=2)


class NewMail(msgspec.Struct, frozen=True):
    """A mail to be written. Times are instants; `context` is a `Facts` as JSON has it."""

    id: UUID
    user_id: UUID
    kind: str
    category: str | None
    booking_id: UUID | None
    fact: str
    address: str | None
    context: dict[str, Any]
    due_at: datetime
    give_up_at: datetime
    created_at: datetime


def new_mail(
    kind: Kind,
    user_id: UUID,
    *,
    fact: str,
    context: dict[str, Any],
    due_at: datetime,
    booking_id: UUID | None = None,
    address: str | None = None,
) -> NewMail:
    """A mail that is due at that instant."""
    at = now()
    life = timedelta(seconds=kind.valid_seconds) if kind.valid_seconds else GIVE_UP_AFTER
    return NewMail(
        id=new_id(),
        user_id=user_id,
        kind=kind.name,
        category=kind.category,
        booking_id=booking_id,
        fact=fact,
        address=address,
        context=context,
        due_at=due_at,
        give_up_at=max(due_at, at) + life,
        created_at=at,
    )


def _waiting(at: datetime) -> Any:
    return and_(
        mails.c.state == "due", or_(mails.c.leased_until.is_(None), mails.c.leased_until < at)
    )


async def gathering(
    db: AsyncConnection, kind: Kind, user_id: UUID, booking_id: UUID
) -> RowMapping | None:
    """The mail that still gathers messages of a booking for a reader, locked."""
    statement = select(mails).where(
        _waiting(now()),
        mails.c.kind == kind.name,
        mails.c.user_id == user_id,
        mails.c.booking_id == booking_id,
    )
    found = await db.execute(statement.limit(1).with_for_update())
    return found.mappings().first()


async def replace_context(db: AsyncConnection, mail_id: UUID, context: dict[str, Any]) -> None:
    """What the mail is to say instead."""
    await db.execute(update(mails).where(mails.c.id == mail_id).values(context=context))


async def void_category(db: AsyncConnection, user_id: UUID, categories: Iterable[Category]) -> None:
    """Gives up what a reader no longer wants; what is being sent asks again by itself."""
    at = now()
    mine = update(mails).where(
        _waiting(at), mails.c.user_id == user_id, mails.c.category.in_(list(categories))
    )
    await db.execute(mine.values(**ended("void", at, "switched off")))


def ended(state: str, at: datetime, error: str | None = None) -> dict[str, Any]:
    """The columns of a mail that nothing is to be done about any more. What it would have said, and
    to which address, is forgotten.
    """
    return {
        "state": state,
        "ended_at": at,
        "leased_until": None,
        "last_error": error,
        "context": {},
        "address": None,
    }


async def claim(db: AsyncConnection, limit: int, lease: timedelta) -> list[RowMapping]:
    """Takes mails that are due for this process until the lease ends: if it dies, another sends
    them.
    """
    at = now()
    due = (
        select(mails.c.id)
        .where(_waiting(at), mails.c.due_at <= at)
        .order_by(mails.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(mails)
        .where(mails.c.id.in_(due.scalar_subquery()))
        .values(leased_until=at + lease, attempts=mails.c.attempts + 1)
        .returning(mails)
    )
    rows = (await db.execute(taken)).mappings().all()
    return sorted(rows, key=lambda row: row["due_at"])


async def sent_since(db: AsyncConnection, user_id: UUID, since: datetime) -> int:
    """How many mails a reader was sent since then."""
    found = await db.execute(
        select(func.count()).where(
            mails.c.user_id == user_id, mails.c.state == "sent", mails.c.ended_at > since
        )
    )
    count: int = found.scalar_one()
    return count


async def settle(db: AsyncConnection, mail: RowMapping, **values: Any) -> bool:
    """Writes what became of a claimed mail; False where the lease had ended and another process has
    it.
    """
    mine = mails.c.id == mail["id"]
    leased = mails.c.leased_until == mail["leased_until"]
    result = await db.execute(update(mails).where(mine, leased).values(**values))
    return result.rowcount == 1


async def void(db: AsyncConnection, mail_id: UUID, reason: str, at: datetime) -> None:
    """Gives up a mail that was not sent."""
    mine = update(mails).where(mails.c.id == mail_id, mails.c.state == "due")
    await db.execute(mine.values(**ended("void", at, reason)))
