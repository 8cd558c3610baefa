"""Mails as rows: written once per fact, kind and reader, and updated with their outcome."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    CTE,
    ColumnElement,
    DateTime,
    Integer,
    String,
    Uuid,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.notifications.domain.kinds import OTHERS, URGENT
from services.notifications.domain.model import Kind, Mail, PendingMail
from services.notifications.tables import mails
from shared.clock import now
from shared.db import Executor, Query, Transaction
from shared.ids import new_id

GIVE_UP_AFTER = timedelta(days=2)


class NewMail(msgspec.Struct, frozen=True):
    """A mail to be written. `context` is a `Facts` in JSON form."""

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
    """A mail that is due at `due_at`."""
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


def _waiting(at: Any) -> ColumnElement[bool]:
    return and_(
        mails.c.state == "due", or_(mails.c.leased_until.is_(None), mails.c.leased_until < at)
    )


async def pending_for_update(
    db: Transaction, kind: Kind, user_id: UUID, booking_id: UUID
) -> PendingMail | None:
    """A reader's pending mail of this kind about a booking, locked; None if there is none."""
    rows = await db(_PENDING, at=now(), kind=kind.name, user_id=user_id, booking_id=booking_id)
    return PendingMail(rows[0]["id"], msgspec.json.decode(rows[0]["context"])) if rows else None


async def replace_context(db: Transaction, mail_id: UUID, context: dict[str, Any]) -> None:
    """Replaces the content of a pending mail."""
    await db(_REPLACE_CONTEXT, mail_id=mail_id, context=msgspec.json.encode(context).decode())


class Ended(msgspec.Struct, frozen=True):
    """The mail is finished: sent, failed, expired or void."""

    state: str
    reason: str | None = None


class Deferred(msgspec.Struct, frozen=True):
    """The mail is retried at `due_at`, after this many attempts."""

    due_at: datetime
    attempts: int
    reason: str | None


def _ended(state: Any, at: Any, reason: Any) -> dict[str, Any]:
    """Also erases its content and address."""
    return {
        "state": state,
        "ended_at": at,
        "leased_until": None,
        "last_error": reason,
        "context": text("'{}'::jsonb"),
        "address": None,
    }


_instant = DateTime(timezone=True)
_at = bindparam("at", type_=_instant)
_batch = bindparam("batch", type_=Integer)


def _due(*conditions: ColumnElement[bool], limit: Any) -> CTE:
    """The ids of due mails, locked."""
    return (
        select(mails.c.id)
        .where(_waiting(_at), mails.c.due_at <= _at, *conditions)
        .order_by(mails.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte()
    )


_urgent = _due(mails.c.kind == func.any(bindparam("urgent", type_=ARRAY(String))), limit=_batch)
_others = _due(
    # Those of kinds that this replica does not know are left to the newer one that wrote them.
    mails.c.kind == func.any(bindparam("others", type_=ARRAY(String))),
    limit=_batch - select(func.count()).select_from(_urgent).scalar_subquery(),
)
# An array, because the planner takes a list of unknown length for a tenth of all mails.
_ids = func.array(union_all(select(_urgent.c.id), select(_others.c.id)).scalar_subquery())
CLAIM = Query(
    update(mails)
    .where(mails.c.id == func.any(_ids))
    .values(leased_until=bindparam("lease", type_=_instant), attempts=mails.c.attempts + 1)
    .returning(*(mails.c[name] for name in Mail.__struct_fields__))
)
_mine = update(mails).where(
    mails.c.id == bindparam("mail_id", type_=Uuid),
    mails.c.leased_until == bindparam("lease", type_=_instant),
)
_END = Query(
    _mine.values(
        _ended(bindparam("state", type_=String), _at, bindparam("reason", type_=String))
    ).returning(mails.c.id)
)
_DEFER = Query(
    _mine.values(
        leased_until=None,
        due_at=bindparam("due", type_=_instant),
        attempts=bindparam("tries", type_=Integer),
        last_error=bindparam("reason", type_=String),
    ).returning(mails.c.id)
)
_VOID = Query(
    update(mails)
    .where(mails.c.id == bindparam("mail_id", type_=Uuid), mails.c.state == "due")
    .values(_ended("void", _at, bindparam("reason", type_=String)))
)
_PENDING = Query(
    select(mails.c.id, cast(mails.c.context, String).label("context"))
    .where(
        _waiting(_at),
        mails.c.kind == bindparam("kind", type_=String),
        mails.c.user_id == bindparam("user_id", type_=Uuid),
        mails.c.booking_id == bindparam("booking_id", type_=Uuid),
    )
    .limit(1)
    .with_for_update()
)
_REPLACE_CONTEXT = Query(
    update(mails)
    .where(mails.c.id == bindparam("mail_id", type_=Uuid))
    .values(context=bindparam("context", type_=JSONB))
)


async def claim(run: Executor, limit: int, lease: timedelta) -> list[Mail]:
    """Claims due mails of known kinds for this process until the lease expires, first those for
    which somebody waits; if the process dies, another one sends them. `run` is a database's
    `autocommit`, whose connections return JSON as text.
    """
    at = now()
    rows = await run(CLAIM, at=at, batch=limit, lease=at + lease, urgent=URGENT, others=OTHERS)
    claimed = [Mail(*row) for row in rows]
    return sorted(claimed, key=lambda mail: (mail.kind not in URGENT, mail.due_at))


async def settle(run: Executor, mail: Mail, decided: Ended | Deferred) -> bool:
    """Records the outcome of a claimed mail; False if the lease had expired and another process has
    claimed it.
    """
    mine = {"mail_id": mail.id, "lease": mail.leased_until, "reason": decided.reason}
    if isinstance(decided, Ended):
        return bool(await run(_END, **mine, state=decided.state, at=now()))
    return bool(await run(_DEFER, **mine, due=decided.due_at, tries=decided.attempts))


async def void(db: Transaction, mail_id: UUID, reason: str, at: datetime) -> None:
    """Voids a mail that was not sent."""
    await db(_VOID, mail_id=mail_id, reason=reason, at=at)
