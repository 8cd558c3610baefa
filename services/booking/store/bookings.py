"""Bookings and their timeline.

A command, reaction or sweep loads a booking with `get_for_update`, decides by lifecycle and policy,
and writes row, timeline and events with `apply_transition` or `save`, which is one statement,
because each costs a third of a millisecond of CPU, half of it for the round trip. The row lock
serialises commands on one booking, and its events are published in that order.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy import Insert, Table, Uuid, bindparam, case, insert, select, update
from sqlalchemy.exc import IntegrityError

from services.booking.domain.model import (
    Absent,
    Actor,
    Booking,
    PaymentFailure,
    PaymentStatus,
    Status,
    TimelineEntry,
)
from services.booking.errors import SeekerBusy, SlotUnavailable
from services.booking.tables import bookings, timeline, users
from shared.auth import User
from shared.clock import now
from shared.db import Query, Transaction
from shared.events import BookingEvent, Event
from shared.outbox import Emission, insert_events, sequences_of
from shared.problems import AccountClosed, NotFound

seeker = users.alias("seeker")
consultant = users.alias("consultant")
# Inner joins lose nothing: both parties are in `users` before the booking exists, and rows of
# `users` are never deleted.
with_users = bookings.join(seeker, seeker.c.id == bookings.c.seeker_id).join(
    consultant, consultant.c.id == bookings.c.consultant_id
)
user_names = (
    seeker.c.first_name.label("seeker_first_name"),
    seeker.c.last_name.label("seeker_last_name"),
    consultant.c.first_name.label("consultant_first_name"),
    consultant.c.last_name.label("consultant_last_name"),
)
BOOKING_COLUMNS = (*bookings.columns, *user_names)
BOOKINGS = select(*BOOKING_COLUMNS).select_from(with_users)
_BY_ID = Query(
    BOOKINGS.where(bookings.c.id == bindparam("booking_id")).with_for_update(of=bookings)
)
_FOR_PARTY = Query(
    select(
        *BOOKING_COLUMNS,
        case(
            (bookings.c.seeker_id == bindparam("user_id", type_=Uuid()), seeker.c.is_active),
            else_=consultant.c.is_active,
        ).label("is_open"),
    )
    .select_from(with_users)
    .where(bookings.c.id == bindparam("booking_id"))
    .with_for_update(of=bookings)
)
_UNPAID_OF = select(bookings.c.id).where(
    bookings.c.seeker_id == bindparam("seeker_id"), bookings.c.status == Status.PAYMENT_FAILED
)
_ENUMS: Mapping[str, type[StrEnum]] = {
    "status": Status,
    "payment_status": PaymentStatus,
    "payment_failure": PaymentFailure,
    "cancelled_by": Actor,
    "absent": Absent,
    "proposed_by": Actor,
}
_COLUMN_NAMES = tuple(column.name for column in bookings.columns)


def booking_from(row: Mapping[Any, Any]) -> Booking:
    """A row of BOOKINGS as a Booking."""
    named = {name: kind(value) for name, kind in _ENUMS.items() if (value := row[name]) is not None}
    return Booking(**{**row, **named})


async def get_for_update(db: Transaction, booking_id: UUID) -> Booking | None:
    """The booking, locked for the rest of the transaction; None if there is none."""
    rows = await db(_BY_ID, booking_id=booking_id)
    return booking_from(rows[0]) if rows else None


async def unpaid_bookings_of(db: Transaction, seeker_id: UUID) -> Sequence[UUID]:
    """The seeker's bookings whose payment has failed."""
    return (await db.execute(_UNPAID_OF, {"seeker_id": seeker_id})).scalars().all()


async def get_for_party(db: Transaction, booking_id: UUID, user: User) -> tuple[Booking, Actor]:
    """The booking, locked, and the role of `user` in it. Raises NotFound if it does not exist or
    `user` is not a party, so that others learn nothing; AccountClosed for a party whose token has
    outlived their account.
    """
    rows = await db(_FOR_PARTY, booking_id=booking_id, user_id=user.id)
    if not rows:
        raise NotFound
    fields = dict(rows[0])
    is_open = fields.pop("is_open")
    booking = booking_from(fields)
    actor = booking.role_of(user.id)
    if actor is None:
        raise NotFound
    if not is_open:
        raise AccountClosed
    return booking, actor


def event_fields(booking: Booking) -> dict[str, Any]:
    """The fields common to all events about a booking."""
    return {
        "booking_id": booking.id,
        "seeker_id": booking.seeker_id,
        "consultant_id": booking.consultant_id,
        "slot_id": booking.slot_id,
        "scheduled_start": booking.scheduled_start,
        "scheduled_end": booking.scheduled_end,
        "amount": booking.amount,
        "currency": booking.currency,
        "commission_bps": booking.commission_bps,
        "calendar_sequence": booking.calendar_sequence,
    }


def event_name(event: type[Event]) -> str:
    """The name of an event on the timeline: its wire name without the version."""
    return event.TYPE.rpartition(".v")[0]


def entry_of(by: Actor, event: Event, **detail: Any) -> TimelineEntry:
    """The timeline entry for `event`."""
    return TimelineEntry(by, event_name(type(event)), detail)


async def apply_transition(
    db: Transaction,
    before: Booking,
    after: Booking,
    by: Actor,
    event: BookingEvent,
    *following: BookingEvent,
    detail: Mapping[str, Any] | None = None,
) -> Booking:
    """Writes the change of the booking from `before` to `after` by `by`: its row, a timeline entry
    with `detail`, and `event` for other services. Events in `following` are attributed to the
    system. Raises SeekerBusy, SlotUnavailable.
    """
    entries = [entry_of(by, event, **(detail or {}))]
    entries += [entry_of(Actor.SYSTEM, one) for one in following]
    return await save(db, before, after, entries, [event, *following])


async def save(
    db: Transaction,
    before: Booking,
    after: Booking,
    entries: Sequence[TimelineEntry] = (),
    events: Sequence[Event] = (),
) -> Booking:
    """Writes the differences between `before` and `after`, timeline `entries` and `events` in one
    statement, in order, and returns the updated booking. Raises SeekerBusy or SlotUnavailable if
    its times overlap those of another.
    """
    at = now()
    after = msgspec.structs.replace(after, updated_at=at)
    changes = {
        name: value
        for name in _COLUMN_NAMES
        if (value := getattr(after, name)) != getattr(before, name) or name == "updated_at"
    }
    values = {"booking_id": before.id, **changes}
    for number, entry in enumerate(entries):
        values |= _numbered(_entry_row(before.id, at, entry), number)
    emission = Emission(*events)
    query = _save(tuple(changes), len(entries), len(events))
    with refusing_overlaps():
        rows = await db(query, **values, **emission.parameters)
    if events:
        emission.written(db, rows[0]["sequences"])
    return after


async def add_entry(db: Transaction, booking_id: UUID, entry: TimelineEntry) -> None:
    """Adds an entry to the booking's timeline without changing the booking."""
    await db(_ADD_ENTRY, **_entry_row(booking_id, now(), entry))


def _entry_row(booking_id: UUID, at: datetime, entry: TimelineEntry) -> dict[str, Any]:
    facts = {name: value for name, value in entry.detail.items() if value is not None}
    return {
        "booking_id": booking_id,
        "at": entry.at or at,
        "actor": entry.actor,
        "event": entry.event,
        "detail": msgspec.json.encode(facts).decode(),
        "sequence": entry.sequence,
    }


def _numbered(row: Mapping[str, Any], number: int) -> dict[str, Any]:
    return {f"{name}_{number}": value for name, value in row.items()}


ENTRY_COLUMNS = ("booking_id", "at", "actor", "event", "detail", "sequence")
_ADD_ENTRY = Query(insert(timeline).values({name: bindparam(name) for name in ENTRY_COLUMNS}))


@functools.cache
def _save(changed: tuple[str, ...], entries: int, events: int) -> Query:
    """Cached: building a statement takes longer than executing it, and there are only a few
    dozen.
    """
    values: dict[str, Any] = {column: bindparam(column) for column in changed}
    statement = update(bookings).where(bookings.c.id == bindparam("booking_id")).values(values)
    if entries:
        statement = statement.add_cte(_rows(timeline, ENTRY_COLUMNS, entries).cte("entries"))
    if events:
        emitted = insert_events(events).cte("events")
        return Query(statement.returning(sequences_of(emitted).label("sequences")))
    return Query(statement)


def _rows(table: Table, columns: Sequence[str], number: int) -> Insert:
    rows = [
        {name: bindparam(f"{name}_{n}", type_=table.c[name].type) for name in columns}
        for n in range(number)
    ]
    return insert(table).values(rows)


@contextlib.contextmanager
def refusing_overlaps() -> Iterator[None]:
    """Translates the database's exclusion errors for overlapping live bookings to SeekerBusy or
    SlotUnavailable.
    """
    try:
        yield
    except (IntegrityError, asyncpg.IntegrityConstraintViolationError) as error:
        match constraint_of(error):
            case "seeker_is_free":
                raise SeekerBusy from None
            case "consultant_is_free":
                raise SlotUnavailable from None
        raise


def constraint_of(error: IntegrityError | asyncpg.IntegrityConstraintViolationError) -> str | None:
    """The name of the violated constraint."""
    refusal = error.orig.__cause__ if isinstance(error, IntegrityError) and error.orig else error
    name: str | None = getattr(refusal, "constraint_name", None)
    return name
