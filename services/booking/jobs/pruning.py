"""Deletes what nobody needs any more. Bookings and their timeline stay: they are the two parties'
account of what happened.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from services.booking.tables import availability_slots, busy_conflicts, withdrawn_times
from shared.db import Database
from shared.jobs import Job
from shared.pruning import prune

# For how long a consultant sees a slot that nobody has booked.
FREE_SLOTS_KEPT_FOR = timedelta(days=30)
EVERY_SECONDS = 3600.0


async def prune_free_slots(database: Database) -> bool:
    """Job: one batch of slots that have passed without a booking; whether there may be more."""
    of = availability_slots.c
    return await prune(
        database, availability_slots, of.end_time, FREE_SLOTS_KEPT_FOR, only=~of.is_booked
    )


async def prune_withdrawn_times(database: Database) -> bool:
    """Job: one batch of times for which rules make no slot any more anyway."""
    return await prune(database, withdrawn_times, withdrawn_times.c.end_time, timedelta(days=1))


async def prune_conflicts(database: Database) -> bool:
    """Job: one batch of conflicts with sessions that are over."""
    return await prune(database, busy_conflicts, busy_conflicts.c.scheduled_end, timedelta(days=1))


def pruning_jobs(database: Callable[[], Database]) -> list[Job]:
    """The jobs that delete."""
    return [
        Job("prune-free-slots", lambda: prune_free_slots(database()), every=EVERY_SECONDS),
        Job(
            "prune-withdrawn-times", lambda: prune_withdrawn_times(database()), every=EVERY_SECONDS
        ),
        Job("prune-conflicts", lambda: prune_conflicts(database()), every=EVERY_SECONDS),
    ]
