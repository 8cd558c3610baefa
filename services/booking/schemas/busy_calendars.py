"""A consultant's other calendars in requests and responses."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from services.booking.busy_calendars.addresses import ADDRESS, MAX_ADDRESS_LENGTH
from services.booking.domain.busy_calendars import BusyCalendar, CalendarStatus
from shared.fields import OneLine, RequestBody
from shared.rules import TextFormat


class NewCalendar(RequestBody, frozen=True):
    """A calendar's secret address (`https://…`, `webcal://…`) and its name."""

    url: Annotated[
        str,
        TextFormat(ADDRESS, "must be the address of a calendar: https://… or webcal://…"),
        msgspec.Meta(
            max_length=MAX_ADDRESS_LENGTH,
            examples=["https://calendar.example.com/private-8f2c/basic.ics"],
            extra_json_schema={"pattern": ADDRESS},
        ),
    ]
    name: Annotated[OneLine, msgspec.Meta(min_length=1, max_length=100, examples=["Private"])]


class Calendar(msgspec.Struct, frozen=True):
    """A calendar whose events hide my slots; its address is secret and not shown. `busy_until` is
    the end of its last busy time.
    """

    id: UUID
    name: str
    host: str
    status: CalendarStatus
    last_read_at: datetime | None
    last_error: str | None
    busy_until: datetime | None


def calendar_schema(calendar: BusyCalendar) -> Calendar:
    """A calendar as seen by its owner."""
    return Calendar(
        id=calendar.id,
        name=calendar.name,
        host=calendar.host,
        status=calendar.status,
        last_read_at=calendar.last_read_at,
        last_error=calendar.last_error,
        busy_until=calendar.busy_until,
    )
