"""Extends the slots of weekly rules as days go by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from services.booking.commands.rules import extend_slots
from services.booking.store.rules import due_for_extension
from shared.clock import now
from shared.db import Database
from shared.jobs import Job

EVERY = timedelta(hours=12)
LOOK_EVERY_SECONDS = 60.0
BATCH = 50


async def extend_rules(database: Database) -> bool:
    """Job: one batch of consultants whose horizon has moved on; whether there may be more."""
    due = await due_for_extension(database.autocommit, now() - EVERY, BATCH)
    for consultant_id in due:
        async with database.transaction() as db:
            await extend_slots(db, consultant_id)
    return len(due) == BATCH


def rules_job(database: Callable[[], Database]) -> Job:
    """The job that extends slots."""
    return Job("extend-rules", lambda: extend_rules(database()), every=LOOK_EVERY_SECONDS)
