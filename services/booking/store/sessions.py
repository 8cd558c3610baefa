"""A consultant's sessions of a day, and near a time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, bindparam, func, literal_column, select

from services.booking.domain.lifecycle import COUNTED
from services.booking.domain.model import LIVE
from services.booking.store.statuses import in_status
from services.booking.tables import bookings
from shared.db import Executor, Query

_booking = bookings.c


def _in_day(start: ColumnElement[datetime]) -> ColumnElement[bool]:
    return (start >= bindparam("day_start")) & (start < bindparam("day_end"))


# A time proposed for a booking counts as well.
IN_DAY = Query(
    select(func.count().label("number")).where(
        _booking.consultant_id == bindparam("consultant_id"),
        in_status(COUNTED),
        _in_day(_booking.scheduled_start) | _in_day(_booking.proposed_start),
    )
)
_instant = DateTime(timezone=True)
_period = func.tstzrange(bindparam("since", type_=_instant), bindparam("until", type_=_instant))
_is_near = func.tstzrange(_booking.scheduled_start, _booking.scheduled_end).op("&&")(_period)
_proposed_near = func.tstzrange(_booking.proposed_start, _booking.proposed_end).op("&&")(_period)
_NEAR = Query(
    select(literal_column("1"))
    .where(
        _booking.consultant_id == bindparam("consultant_id"),
        in_status(LIVE),
        _is_near | (_booking.proposed_start.is_not(None) & _proposed_near),
    )
    .limit(literal_column("1"))
)


async def count_sessions(
    run: Executor, consultant_id: UUID, day_start: datetime, day_end: datetime
) -> int:
    """The number of the consultant's live and completed sessions that start, or are proposed to
    start, within a day.
    """
    rows = await run(IN_DAY, consultant_id=consultant_id, day_start=day_start, day_end=day_end)
    return int(rows[0]["number"])


async def has_session_between(
    run: Executor, consultant_id: UUID, since: datetime, until: datetime
) -> bool:
    """Whether a live session of the consultant, or the time proposed for one, overlaps
    [since, until).
    """
    return bool(await run(_NEAR, consultant_id=consultant_id, since=since, until=until))
