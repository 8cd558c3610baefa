"""Notifies seekers on waitlists of slots that have become free, one after the other."""

from __future__ import annotations

from uuid import UUID

from services.booking.commands.waitlist import TURN, notify_of_free_time
from services.booking.settings import BookingSettings
from services.booking.store.waitlist import remove_past_entries, turns
from shared.clock import now
from shared.db import Database
from shared.jobs import Batches, Job

BATCH = 100
# A free slot, and the waitlist entry that is next.
Turn = tuple[UUID, UUID]


async def notify_waitlist(database: Database, line: Batches[Turn]) -> bool:
    """Job: notifies one batch. Returns whether there may be more."""

    async def due(limit: int) -> list[Turn]:
        return await turns(database.reader, now(), TURN, limit)

    async def notify(turn: Turn) -> bool:
        async with database.transaction() as db:
            return await notify_of_free_time(db, *turn)

    notified = await line.process(due, notify)
    async with database.transaction() as db:
        removed = await remove_past_entries(db, now(), BATCH)
    return notified.items > 0 or removed == BATCH


def waitlist_job(settings: BookingSettings, database: Database) -> Job:
    """The job that notifies seekers on waitlists."""
    line = Batches[Turn]("seeker on waitlist cannot be notified", BATCH)
    return Job(
        "notify-waitlist",
        lambda: notify_waitlist(database, line),
        every=settings.sweep_every_seconds,
    )
