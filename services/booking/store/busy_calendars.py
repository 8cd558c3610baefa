"""Consultants' other calendars and the results of reading them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, delete, exists, func, insert, literal, select, update

from services.booking.domain.busy_calendars import BusyCalendar
from services.booking.tables import availability_rules, busy_calendars, users
from shared.db import Query, Reader, Transaction

_of = busy_calendars.c
CALENDARS = select(*(_of[name] for name in BusyCalendar.__struct_fields__))
_FOR_UPDATE = CALENDARS.where(_of.id == bindparam("calendar_id")).with_for_update()
_OWNER = select(_of.consultant_id).where(_of.id == bindparam("calendar_id"))
_COUNT = select(func.count()).where(_of.consultant_id == bindparam("consultant_id"))
_DELETE = delete(busy_calendars).where(
    _of.id == bindparam("calendar_id"), _of.consultant_id == bindparam("consultant_id")
)
_REFRESH = (
    update(busy_calendars)
    .where(_of.id == bindparam("calendar_id"), _of.consultant_id == bindparam("key_consultant_id"))
    .values(next_read_at=bindparam("at"))
)
_closed_account = exists().where(users.c.id == _of.consultant_id, ~users.c.is_active)
_claimed = (
    select(_of.id)
    .where(_of.next_read_at <= bindparam("at"), ~_closed_account)
    .order_by(_of.next_read_at)
    .limit(bindparam("rows"))
    .with_for_update(skip_locked=True)
)
_zone = func.coalesce(
    select(availability_rules.c.time_zone)
    .where(availability_rules.c.consultant_id == _of.consultant_id)
    .scalar_subquery(),
    select(users.c.time_zone).where(users.c.id == _of.consultant_id).scalar_subquery(),
    literal("UTC"),
)
_CLAIM = Query(
    update(busy_calendars)
    .where(_of.id.in_(_claimed))
    .values(next_read_at=bindparam("next"))
    .returning(_of.id, _of.address_encrypted, _zone.label("time_zone"))
)


class DueCalendar(NamedTuple):
    """A calendar that is due to be read; its all-day events are in `time_zone`."""

    id: UUID
    address_encrypted: bytes
    time_zone: str


async def count_calendars(db: Transaction, consultant_id: UUID) -> int:
    """How many calendars the consultant has."""
    return int((await db.execute(_COUNT, {"consultant_id": consultant_id})).scalar_one())


async def insert_calendar(
    db: Transaction, calendar: BusyCalendar, address_encrypted: bytes
) -> None:
    """Inserts a calendar, due at once."""
    row = {
        "id": calendar.id,
        "consultant_id": calendar.consultant_id,
        "name": calendar.name,
        "host": calendar.host,
        "address_encrypted": address_encrypted,
        "created_at": calendar.created_at,
        "next_read_at": calendar.created_at,
    }
    await db.execute(insert(busy_calendars), row)


async def delete_calendar(db: Transaction, consultant_id: UUID, calendar_id: UUID) -> bool:
    """Deletes the consultant's calendar with its times. Returns whether it existed."""
    which = {"calendar_id": calendar_id, "consultant_id": consultant_id}
    return bool((await db.execute(_DELETE, which)).rowcount)


async def mark_due(db: Transaction, consultant_id: UUID, calendar_id: UUID, at: datetime) -> bool:
    """Makes the consultant's calendar due at once. Returns whether it exists."""
    which = {"calendar_id": calendar_id, "key_consultant_id": consultant_id, "at": at}
    return bool((await db.execute(_REFRESH, which)).rowcount)


async def claim_due(
    reader: Reader, at: datetime, next_read_at: datetime, limit: int
) -> Sequence[DueCalendar]:
    """Claims calendars that are due at `at`: they are due again at `next_read_at`, even if this
    replica dies.
    """
    rows = await reader.rows(_CLAIM, at=at, next=next_read_at, rows=limit)
    return [DueCalendar(*row) for row in rows]


async def owner_of(db: Transaction, calendar_id: UUID) -> UUID | None:
    """The calendar's owner; None if it was removed."""
    owner: UUID | None = (
        await db.execute(_OWNER, {"calendar_id": calendar_id})
    ).scalar_one_or_none()
    return owner


async def get_calendar_for_update(db: Transaction, calendar_id: UUID) -> BusyCalendar | None:
    """The calendar, locked; None if it was removed."""
    row = (await db.execute(_FOR_UPDATE, {"calendar_id": calendar_id})).one_or_none()
    return BusyCalendar(*row) if row is not None else None


async def save_state(db: Transaction, calendar_id: UUID, **state: Any) -> None:
    """Writes the result of reading a calendar."""
    await db.execute(
        update(busy_calendars).where(_of.id == bindparam("calendar_id")).values(**state),
        {"calendar_id": calendar_id},
    )
