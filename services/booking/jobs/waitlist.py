"""Notifies those who wait of time that has become free, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from services.booking.commands.waitlist import TURN, notify_of_free_time
from services.booking.settings import BookingSettings
from services.booking.store.waitlist import remove_past_entries, turns
from shared.clock import now
from shared.db import Database
from shared.jobs import Job, for_each

BATCH = 100


async def notify_waitlist(database: Database) -> bool:
    """Job: one batch; whether there may be more."""

    async def notify(turn: tuple[UUID, UUID]) -> bool:
        async with database.transaction() as db:
            return await notify_of_free_time(db, *turn)

    found = await turns(database.reader, now(), TURN, BATCH)
    notified = await for_each("one who waits cannot be notified", found, notify)
    async with database.transaction() as db:
        removed = await remove_past_entries(db, now(), BATCH)
    return notified > 0 or removed == BATCH


def waitlist_job(settings: BookingSettings, database: Callable[[], Database]) -> Job:
    """The job that notifies those who wait."""
    return Job(
        "notify-waitlist", lambda: notify_waitlist(database()), every=settings.sweep_every_seconds
    )
