"""Failures of busy calendars that are over."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import BigInteger, Uuid, bindparam, exists, func, select
from sqlalchemy.dialects.postgresql import insert

from services.notifications.tables import ended_calendar_failures as ended
from shared.clock import now
from shared.db import Executor, Query, Transaction
from shared.inbox import event_sequence

_new = insert(ended).values(
    {column.name: bindparam(column.name, type_=column.type) for column in ended.c}
)
_SAVE = Query(
    _new.on_conflict_do_update(
        index_elements=[ended.c.calendar_id],
        set_={
            "sequence": func.greatest(ended.c.sequence, _new.excluded.sequence),
            "ended_at": _new.excluded.ended_at,
        },
    )
)
_IS_OVER = Query(
    select(
        exists().where(
            ended.c.calendar_id == bindparam("calendar_id", type_=Uuid),
            ended.c.sequence > bindparam("sequence", type_=BigInteger),
        )
    )
)


async def save_ended(db: Transaction, calendar_id: UUID) -> None:
    """Records that the failures before the event being processed are over."""
    await db(_SAVE, calendar_id=calendar_id, sequence=event_sequence(), ended_at=now())


async def is_over(run: Executor, calendar_id: UUID, sequence: int) -> bool:
    """Whether the failure of which the event with this sequence told is over."""
    rows = await run(_IS_OVER, calendar_id=calendar_id, sequence=sequence)
    return bool(rows[0][0])
