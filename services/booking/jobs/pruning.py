"""Deletes what is no longer needed. Bookings and their timelines are kept: they are the
parties' record of what happened.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from services.booking.tables import availability_slots, busy_conflicts, withdrawn_times
from shared.db import Database
from shared.jobs import Job
from shared.pruning import prune

# For how long a consultant sees what they have offered. A booking has its times itself.
SLOTS_RETENTION = timedelta(days=90)
EVERY_SECONDS = 3600.0


async def prune_slots(database: Database) -> bool:
    """Job: one batch of slots that passed long ago; whether there may be more."""
    return await prune(database, availability_slots, availability_slots.c.end_time, SLOTS_RETENTION)


async def prune_withdrawn_times(database: Database) -> bool:
    """Job: one batch of times for which rules make no slot any more anyway."""
    return await prune(database, withdrawn_times, withdrawn_times.c.end_time, timedelta(days=1))


async def prune_conflicts(database: Database) -> bool:
    """Job: one batch of conflicts with sessions that are over."""
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
