"""Generates the slots of weekly rules as their horizon moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from services.booking.commands.rules import extend_slots
from services.booking.store.rules import due_for_extension
from shared.clock import now
from shared.db import Database
from shared.jobs import Batches, Job

EVERY = timedelta(hours=12)
LOOK_EVERY_SECONDS = 60.0
BATCH = 50


async def extend_rules(database: Database, consultants: Batches[UUID], shortest: timedelta) -> bool:
    """Job: generates slots for one batch of consultants whose horizon has moved. Returns whether
    there may be more.
    """

    async def due(limit: int) -> Sequence[UUID]:
        return await due_for_extension(database.autocommit, now() - EVERY, limit)

    async def extend(consultant_id: UUID) -> None:
        async with database.transaction() as db:
            await extend_slots(db, consultant_id, shortest)

    return (await consultants.process(due, extend)).is_more_due


def rules_job(database: Database, shortest: timedelta) -> Job:
    """The job that generates slots, none shorter than `shortest`."""
    consultants = Batches[UUID]("slots cannot be extended", BATCH)
    return Job(
        "extend-rules",
        lambda: extend_rules(database, consultants, shortest),
        every=LOOK_EVERY_SECONDS,
    )
