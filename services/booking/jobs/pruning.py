"""Deletes data that is no longer needed. Bookings and their timelines are kept as the parties'
record.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from services.booking.tables import availability_slots, busy_conflicts, withdrawn_times
from shared.db import Database
from shared.jobs import Job
from shared.pruning import prune

# How long consultants can see their past slots. Bookings have their own times.
SLOTS_RETENTION = timedelta(days=90)
EVERY_SECONDS = 3600.0


async def prune_slots(database: Database) -> bool:
    """Job: deletes one batch of slots that are long past. Returns whether there may be more."""
    return await prune(database, availability_slots, availability_slots.c.end_time, SLOTS_RETENTION)


async def prune_withdrawn_times(database: Database) -> bool:
    """Job: deletes one batch of withdrawn times that have passed."""
    return await prune(database, withdrawn_times, withdrawn_times.c.end_time, timedelta(days=1))


async def prune_conflicts(database: Database) -> bool:
    """Job: deletes one batch of conflicts with sessions that are over."""
    return await prune(database, busy_conflicts, busy_conflicts.c.scheduled_end, timedelta(days=1))


def pruning_jobs(database: Callable[[], Database]) -> list[Job]:
    """The jobs that delete."""
    return [
        Job("prune-slots", lambda: prune_slots(database()), every=EVERY_SECONDS),
        Job(
            "prune-withdrawn-times", lambda: prune_withdrawn_times(database()), every=EVERY_SECONDS
        ),
        Job("prune-conflicts", lambda: prune_conflicts(database()), every=EVERY_SECONDS),
    ]
