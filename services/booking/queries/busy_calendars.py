"""A consultant's other calendars."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import bindparam

from services.booking.domain.busy_calendars import BusyCalendar
from services.booking.store.busy_calendars import CALENDARS
from services.booking.tables import busy_calendars
from shared.db import Query, Reader

_OWN = Query(
    CALENDARS.where(busy_calendars.c.consultant_id == bindparam("consultant_id")).order_by(
        busy_calendars.c.id
    )
)


async def calendars_of(reader: Reader, consultant_id: UUID) -> list[BusyCalendar]:
    """The consultant's calendars, oldest first."""
    return [BusyCalendar(*row) for row in await reader.rows(_OWN, consultant_id=consultant_id)]
