"""Publishes consultants' free time for the directory: the complete list, at most once a second per
consultant, less often if it is long.

Which slots are hidden is recorded with it: a slot that is offered again is news to those who wait
for one.

Every booking changes the list, so with many requests a second each would otherwise publish hundreds
of slots. Commands only queue the consultant (`note_free_time`); this job, woken after their commit,
publishes the current list.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

from services.booking.domain.policy import MAX_FREE_SLOTS
from services.booking.store import free_time
from shared.clock import now
from shared.db import Database, Transaction
from shared.events import AvailabilityChanged
from shared.free_time import encode_slots
from shared.jobs import Batches, Job
from shared.outbox import emit
from shared.signals import WakeSignal

# Changes at about the same time are published together; the delay is not noticeable.
GATHER_SECONDS = 0.05
PAUSE = timedelta(seconds=1)
# Cost here, in the broker and in the directory is proportional to the length: a thousand slots are
# published every four seconds.
PAUSE_PER_SLOT = timedelta(milliseconds=4)
BATCH = 50


async def publish_free_time(database: Database, consultants: Batches[UUID]) -> bool:
    """Job: publishes the free time of consultants for whom it has changed and who are due. Returns
    whether there may be more.
    """

    async def due(limit: int) -> list[UUID]:
        return await free_time.due_consultants(database.reader, now(), limit)

    async def publish(consultant_id: UUID) -> None:
        async with database.transaction() as db:
            await _publish(db, consultant_id)

    await asyncio.sleep(GATHER_SECONDS)
    return (await consultants.process(due, publish)).is_more_due


async def _publish(db: Transaction, consultant_id: UUID) -> None:
    at = now()
    if not await free_time.claim(db, consultant_id, at, PAUSE):
        return
    await free_time.unqueue(db, consultant_id)
    found = await free_time.free_time_of(db, consultant_id, at, MAX_FREE_SLOTS)
    pause = len(found.slots) * PAUSE_PER_SLOT
    if pause > PAUSE:
        await free_time.postpone(db, consultant_id, at + pause)
    free, further = encode_slots(found.slots)
    event = AvailabilityChanged(
        consultant_id=consultant_id,
        next_available_at=free[0].start_time if free else None,
        free=free,
        further=further,
        minimum_notice_minutes=found.minimum_notice_minutes,
    )
    await emit(db, event)


def free_time_job(database: Database, woken_by: WakeSignal[[]]) -> Job:
    """The job that publishes changed free time; it also runs on schedule, in case a wake-up was
    lost.
    """
    consultants = Batches[UUID]("free time cannot be published", BATCH)
    return Job(
        "publish-free-time",
        lambda: publish_free_time(database, consultants),
        every=1.0,
        woken_by=woken_by,
    )
