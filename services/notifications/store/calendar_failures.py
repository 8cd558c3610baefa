"""Failures of busy calendars that are over."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from services.notifications.tables import ended_calendar_failures as ended
from shared.clock import now
from shared.db import Executor, Query, Transaction
from shared.deliveries import event_sequence
from shared.projections import is_superseded, projection

_SAVE = Query(
    projection(ended, "ended_at", sequence="sequence").values(
        {column.name: bindparam(column.name, type_=column.type) for column in ended.c}
    )
)
_NEWEST = Query(
    select(ended.c.sequence).where(ended.c.calendar_id == bindparam("calendar_id", type_=Uuid))
)


async def save_ended(db: Transaction, calendar_id: UUID) -> None:
    """Records that the failures before the event being processed are over."""
    await db(_SAVE, calendar_id=calendar_id, sequence=event_sequence(), ended_at=now())


async def is_over(run: Executor, calendar_id: UUID, sequence: int) -> bool:
    """Whether the failure of which the event with this sequence told is over."""
    rows = await run(_NEWEST, calendar_id=calendar_id)
    return bool(rows) and is_superseded(sequence, rows[0]["sequence"])
