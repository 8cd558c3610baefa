"""Tells those who wait of time that has become free, one after the other."""

from __future__ import annotations

from collections.abc import Callable

from services.booking.commands.waitlist import TURN, tell_of_free_time
from services.booking.settings import BookingSettings
from services.booking.store.waitlist import remove_past_entries, turns
from shared.clock import now
from shared.db import Database
from shared.jobs import Job

BATCH = 100


async def tell_waitlist(database: Database) -> bool:
    """Job: one batch; whether there may be more."""
    told = 0
    for slot_id, entry_id in await turns(database.reader, now(), TURN, BATCH):
        async with database.transaction() as db:
            told += await tell_of_free_time(db, slot_id, entry_id)
    async with database.transaction() as db:
        removed = await remove_past_entries(db, now(), BATCH)
    return told > 0 or removed == BATCH


def waitlist_job(settings: BookingSettings, database: Callable[[], Database]) -> Job:
    """The job that tells those who wait."""
    return Job(
        "tell-waitlist", lambda: tell_waitlist(database()), every=settings.sweep_every_seconds
    )
