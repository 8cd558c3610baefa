"""Tells the directory about consultants' free time: all of it, at most once a second for each,
seldomer where it is much.

A booked slot changes the whole list, so with many requests a second each would otherwise carry
hundreds of slots. Commands only queue the consultant (`note_free_time`); this job, woken after
their commit, publishes what is true by then.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

from sqlalchemy import bindparam, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.booking.tables import availability_slots, free_time_changes, free_time_feed, parties
from shared.clock import now
from shared.db import Database, Query
from shared.events import AvailabilityChanged, Interval
from shared.outbox import emit

# Changes that come together are published together; still far quicker than anybody looks.
GATHER_SECONDS = 0.05
PAUSE = timedelta(seconds=1)
# A list costs by its length, here, in the broker and in the directory: a thousand slots are told
# every four seconds.
PAUSE_PER_SLOT = timedelta(milliseconds=4)
BATCH = 50

_DUE = Query(
    select(free_time_changes.c.consultant_id)
    .outerjoin(free_time_feed, free_time_feed.c.consultant_id == free_time_changes.c.consultant_id)
    .where(func.coalesce(free_time_feed.c.due_at <= bindparam("at"), True))
    .group_by(free_time_changes.c.consultant_id)
    .order_by(func.min(free_time_changes.c.position))
    .limit(BATCH)
)
_next = insert(free_time_feed)
_NEXT_VERSION = _next.on_conflict_do_update(
    index_elements=["consultant_id"],
    set_={"version": free_time_feed.c.version + 1, "due_at": _next.excluded.due_at},
    where=free_time_feed.c.due_at <= bindparam("at"),
).returning(free_time_feed.c.version)
_PUT_OFF = (
    update(free_time_feed)
    .where(free_time_feed.c.consultant_id == bindparam("whose"))
    .values(due_at=bindparam("until"))
)
_UNQUEUE = delete(free_time_changes).where(free_time_changes.c.consultant_id == bindparam("whose"))
_FREE = (
    select(availability_slots.c.start_time, availability_slots.c.end_time)
    .where(
        availability_slots.c.consultant_id == bindparam("whose"),
        availability_slots.c.start_time > bindparam("at"),
        ~availability_slots.c.is_booked,
        ~exists().where(parties.c.id == bindparam("whose"), ~parties.c.is_active),
    )
    .order_by(availability_slots.c.start_time)
)


async def publish_free_time(database: Database) -> bool:
    """Job: publishes the free time of those consultants for whom it has changed and who are due;
    whether more may be.
    """
    await asyncio.sleep(GATHER_SECONDS)
    due = await database.reader.rows(_DUE, at=now())
    for row in due:
        async with database.transaction() as db:
            await _publish(db, row["consultant_id"])
    return len(due) == BATCH


async def _publish(db: AsyncConnection, consultant_id: UUID) -> None:
    at = now()
    # The feed's row is locked from here on: versions grow, and each list holds every change that an
    # earlier one held.
    numbered = await db.execute(
        _NEXT_VERSION,
        {"consultant_id": consultant_id, "version": 1, "due_at": at + PAUSE, "at": at},
    )
    version = numbered.scalar_one_or_none()
    if version is None:
        return  # another replica has just done it
    # Before the list is read: a change that commits in between is in the list and stays queued,
    # which only says it twice.
    await db.execute(_UNQUEUE, {"whose": consultant_id})
    rows = (await db.execute(_FREE, {"whose": consultant_id, "at": at})).all()
    free = [Interval(start, end) for start, end in rows]
    if len(free) * PAUSE_PER_SLOT > PAUSE:
        await db.execute(
            _PUT_OFF, {"whose": consultant_id, "until": at + len(free) * PAUSE_PER_SLOT}
        )
    event = AvailabilityChanged(
        consultant_id=consultant_id,
        version=version,
        next_available_at=free[0].start_time if free else None,
        free=free,
    )
    await emit(db, event)
