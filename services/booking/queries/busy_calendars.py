"""A consultant's other calendars."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import bindparam

from services.booking.domain.busy_calendars import BusyCalendar
from services.booking.store.busy_calendars import CALENDARS
from services.booking.tables import busy_calendars
from shared.db import Query, Reader
from shared.ids import FIRST_ID
from shared.paging import Page, decode_id, page

_OWN = Query(
    CALENDARS.where(
        busy_calendars.c.consultant_id == bindparam("consultant_id"),
        busy_calendars.c.id > bindparam("after"),
    )
    .order_by(busy_calendars.c.id)
    .limit(bindparam("rows"))
)


async def calendars_of(
    reader: Reader, consultant_id: UUID, limit: int, cursor: str | None
) -> Page[BusyCalendar]:
    """The consultant's calendars, oldest first."""
    scope = f"busy calendars,{consultant_id}"
    after = decode_id(cursor, scope, FIRST_ID)
    rows = await reader.rows(_OWN, consultant_id=consultant_id, after=after, rows=limit + 1)
    found = [BusyCalendar(*row) for row in rows]
    return page(found, limit, lambda calendar: (calendar.id,), scope)
