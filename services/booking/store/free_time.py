"""When consultants' free time was last published, and who is due again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.booking.store.offered import is_offered
from services.booking.tables import (
    availability_rules,
    availability_slots,
    free_time_changes,
    free_time_feed,
)
from shared.db import Query, Reader, Transaction
from shared.events import Interval

_DUE = Query(
    select(free_time_changes.c.consultant_id)
    .outerjoin(free_time_feed, free_time_feed.c.consultant_id == free_time_changes.c.consultant_id)
    .where(func.coalesce(free_time_feed.c.due_at <= bindparam("at"), True))
    .group_by(free_time_changes.c.consultant_id)
    .order_by(func.min(free_time_changes.c.position))
    .limit(bindparam("rows"))
)
_next = insert(free_time_feed)
_CLAIM = Query(
    _next.values(consultant_id=bindparam("consultant_id"), due_at=bindparam("next_due"))
    .on_conflict_do_update(
        index_elements=["consultant_id"],
        set_={"due_at": _next.excluded.due_at},
        where=free_time_feed.c.due_at <= bindparam("at"),
    )
    .returning(free_time_feed.c.consultant_id)
)
_POSTPONE = (
    update(free_time_feed)
    .where(free_time_feed.c.consultant_id == bindparam("key_consultant_id"))
    .values(due_at=bindparam("until"))
)
_UNQUEUE = Query(
    delete(free_time_changes).where(free_time_changes.c.consultant_id == bindparam("consultant_id"))
)
_NOTICE = (
    select(availability_rules.c.minimum_notice_minutes)
    .where(availability_rules.c.consultant_id == bindparam("consultant_id"))
    .scalar_subquery()
)
_unbooked = (
    select(
        availability_slots.c.id,
        availability_slots.c.start_time,
        availability_slots.c.end_time,
        availability_slots.c.is_hidden,
        case((is_offered(":consultant_id"), True), else_=False).label("is_offered"),
    )
    .where(
        availability_slots.c.consultant_id == bindparam("consultant_id"),
        availability_slots.c.start_time > bindparam("at"),
        ~availability_slots.c.is_booked,
    )
    .cte("unbooked")
)
# A slot that is locked is skipped: whoever changes it queues the consultant again. A notification
# of the waitlist does not, but it locks no slot that is recorded as hidden (store/waitlist.py), so
# none that is offered again is missed.
_changed = (
    select(availability_slots.c.id)
    .join(_unbooked, _unbooked.c.id == availability_slots.c.id)
    .where(_unbooked.c.is_hidden == _unbooked.c.is_offered)
    .with_for_update(of=availability_slots, skip_locked=True)
)
_record_hidden = (
    update(availability_slots)
    .where(availability_slots.c.id.in_(_changed))
    .values(
        is_hidden=~availability_slots.c.is_hidden,
        updated_at=case(
            (availability_slots.c.is_hidden, bindparam("at")),
            else_=availability_slots.c.updated_at,
        ),
    )
)
_RECORD_HIDDEN = Query(_record_hidden)
_FREE = Query(
    select(
        _unbooked.c.start_time,
        _unbooked.c.end_time,
        func.coalesce(_NOTICE, 0).label("minimum_notice_minutes"),
    )
    .where(_unbooked.c.is_offered)
    .order_by(_unbooked.c.start_time)
    .limit(bindparam("rows"))
    .add_cte(_record_hidden.cte("recorded"))
)


async def due_consultants(reader: Reader, at: datetime, limit: int) -> list[UUID]:
    """Consultants whose free time has changed and may be published again."""
    rows = await reader.rows(_DUE, at=at, rows=limit)
    return [row["consultant_id"] for row in rows]


async def claim(db: Transaction, consultant_id: UUID, at: datetime, pause: timedelta) -> bool:
    """Claims the next publication, with the feed's row locked: each list contains all changes of
    the earlier ones. False if another replica has just published.
    """
    times = {"at": at, "next_due": at + pause}
    return bool(await db(_CLAIM, consultant_id=consultant_id, **times))


async def queue_next(db: Transaction, after: UUID, limit: int) -> list[UUID]:
    """Queues up to `limit` consultants whose free time was ever published, in order of their ids,
    starting after `after`; returns these ids.
    """
    published = free_time_feed.c.consultant_id
    query = select(published).where(published > after).order_by(published).limit(limit)
    consultants = list((await db.execute(query)).scalars())
    if consultants:
        rows = [{"consultant_id": one} for one in consultants]
        await db.execute(insert(free_time_changes), rows)
    return consultants


async def unqueue(db: Transaction, consultant_id: UUID) -> None:
    """Removes the consultant's changes from the queue. Must be called before the list is read: a
    change committed in between is in the list and stays queued, so it is only published twice.
    """
    await db(_UNQUEUE, consultant_id=consultant_id)


class FreeTime(NamedTuple):
    """A consultant's free slots, ordered by time, and how long before its start each ceases to be
    free.
    """

    slots: list[Interval]
    minimum_notice_minutes: int


async def free_time_of(db: Transaction, consultant_id: UUID, at: datetime, limit: int) -> FreeTime:
    """The consultant's future free slots; the first `limit`, because cancelled bookings may free
    more than can be offered.

    Records those that are not offered. One that is offered again has become free at `at`, whatever
    hid it: another booking, rules, or another calendar. So waiting seekers hear of it.
    """
    rows = await db(_FREE, consultant_id=consultant_id, at=at, rows=limit)
    slots = [Interval(row["start_time"], row["end_time"]) for row in rows]
    return FreeTime(slots, rows[0]["minimum_notice_minutes"] if rows else 0)


async def record_hidden(db: Transaction, consultant_id: UUID, at: datetime) -> None:
    """Records which free slots are not offered, as `free_time_of` does; for commands that are about
    to change it, because a notice hides slots without any event.
    """
    await db(_RECORD_HIDDEN, consultant_id=consultant_id, at=at)


async def postpone(db: Transaction, consultant_id: UUID, until: datetime) -> None:
    """Postpones the next publication until then."""
    await db.execute(_POSTPONE, {"key_consultant_id": consultant_id, "until": until})
