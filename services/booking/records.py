"""A booking in the hands of a command, reaction or sweep: its row is locked until their transaction
ends.

They load with `hold`, decide by lifecycle and policy, and write and tell with `move`, which is one
statement: each costs a third of a millisecond of CPU, half of it for the way there and back. The
row lock is what makes two commands on one booking happen one after the other, and its events leave
in that order.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy import Insert, Table, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.booking.lifecycle import Actor, Status
from services.booking.policy import cancellation_fee
from services.booking.tables import (
    availability_slots,
    bookings,
    free_time_changes,
    parties,
    timeline,
)
from shared.auth import User
from shared.clock import now
from shared.db import Query, in_transaction
from shared.events import BookingEvent, Event
from shared.outbox import EVENT_COLUMNS, outbox, row_of
from shared.problems import NotFound

seeker = parties.alias("seeker")
consultant = parties.alias("consultant")
# Inner joins lose nothing: whoever asks for or offers a slot is in `parties` before the booking is,
# and nobody ever leaves it.
with_parties = bookings.join(seeker, seeker.c.id == bookings.c.seeker_id).join(
    consultant, consultant.c.id == bookings.c.consultant_id
)
party_names = (
    seeker.c.first_name.label("seeker_first_name"),
    seeker.c.last_name.label("seeker_last_name"),
    consultant.c.first_name.label("consultant_first_name"),
    consultant.c.last_name.label("consultant_last_name"),
)

HELD_COLUMNS = (*bookings.columns, *party_names)
HELD = select(*HELD_COLUMNS).select_from(with_parties)
_BY_ID = HELD.where(bookings.c.id == bindparam("booking_id")).with_for_update(of=bookings)
_CHANGED = insert(free_time_changes)
_RELEASE_SLOT = (
    update(availability_slots)
    .where(
        availability_slots.c.id == bindparam("slot_id"),
        availability_slots.c.start_time > bindparam("at"),
    )
    .values(is_booked=False, updated_at=bindparam("at"))
)

PaymentStatus = Literal[
    "none", "authorizing", "authorized", "failed", "captured", "released", "refunded", "disputed"
]
PaymentFailure = Literal[
    "card_declined",
    "insufficient_funds",
    "expired_card",
    "authentication_required",
    "no_payment_method",
    "processing_error",
]


class HeldBooking(msgspec.Struct, frozen=True, kw_only=True):
    """The row of a booking, with the names of its two people. Amounts in minor units."""

    id: UUID
    seeker_id: UUID
    consultant_id: UUID
    slot_id: UUID
    status: Status
    message: str | None
    scheduled_start: datetime
    scheduled_end: datetime
    session_start_time: datetime | None = None
    session_end_time: datetime | None = None
    duration_seconds: int | None = None
    respond_by: datetime
    amount: int
    currency: str
    commission_bps: int
    commission_amount: int
    free_period_seconds: int
    cancel_free_seconds: int
    late_cancel_bps: int
    payment_grace_seconds: int
    payment_status: PaymentStatus = "none"
    payment_intent_id: str | None = None
    payment_failure: PaymentFailure | None = None
    payment_deadline: datetime | None = None
    payment_attempt: int = 0
    last_payment_sequence: int | None = None
    cancelled_by: str | None = None
    cancellation_fee: int | None = None
    reason: str | None = None
    created_at: datetime
    updated_at: datetime
    seeker_first_name: str
    seeker_last_name: str
    consultant_first_name: str
    consultant_last_name: str

    @property
    def free_until(self) -> datetime:
        """The last moment at which the seeker may call off a confirmed session for nothing."""
        return self.scheduled_start - timedelta(seconds=self.cancel_free_seconds)

    def fee_if_cancelled(self, by: Actor, at: datetime) -> int:
        """What the seeker owes when `by` calls the booking off `at`, by the policy that it was made
        under.
        """
        return cancellation_fee(
            self.status, by, at, self.free_until, self.amount, self.late_cancel_bps
        )

    def role_of(self, user: User) -> Actor:
        """Which of the two people `user` is. Raises NotFound for anybody else: a stranger learns
        nothing.
        """
        if user.id == self.seeker_id:
            return Actor.SEEKER
        if user.id == self.consultant_id:
            return Actor.CONSULTANT
        raise NotFound


def held(row: Mapping[Any, Any]) -> HeldBooking:
    """A row of HELD."""
    return HeldBooking(**{**row, "status": Status(row["status"])})


async def hold(db: AsyncConnection, booking_id: UUID) -> HeldBooking | None:
    """The booking, locked for the rest of this transaction; None where there is none."""
    row = (await db.execute(_BY_ID, {"booking_id": booking_id})).mappings().one_or_none()
    return held(row) if row is not None else None


async def hold_as_party(
    db: AsyncConnection, booking_id: UUID, user: User
) -> tuple[HeldBooking, Actor]:
    """The booking, locked, and which of its people `user` is. Raises NotFound where there is none,
    or it is not theirs.
    """
    booking = await hold(db, booking_id)
    if booking is None:
        raise NotFound
    return booking, booking.role_of(user)


class Line(NamedTuple):
    """What the timeline says: who did what. `detail` holds small facts; absent ones are left
    out.
    """

    by: Actor
    event: str
    detail: Mapping[str, Any] = {}


def line_of(by: Actor, event: Event, **detail: Any) -> Line:
    """The line that says that `event` happened."""
    return Line(by, timeline_name(type(event)), detail)


async def move(
    db: AsyncConnection,
    booking: HeldBooking,
    by: Actor,
    event: BookingEvent,
    *,
    detail: Mapping[str, Any] | None = None,
    **changes: Any,
) -> HeldBooking:
    """Writes `changes` to the booking's row, and tells it: the other services by `event`, its two people by the timeline, with
    `detail`. The booking as it is now.
    """
    return await write(db, booking, changes, [line_of(by, event, **(detail or {}))], [event])


async def write(
    db: AsyncConnection,
    booking: HeldBooking,
    changes: Mapping[str, Any],
    lines: Sequence[Line] = (),
    events: Sequence[Event] = (),
) -> HeldBooking:
    """Writes `changes`, the timeline's `lines` and `events` at once, all in their order; the
    booking as it is now.
    """
    at = now()
    changes = {**changes, "updated_at": at}
    values = {"which": booking.id, **changes}
    for number, line in enumerate(lines):
        values |= _numbered(_line_row(booking.id, at, line), number)
    for number, event in enumerate(events):
        values |= _numbered(row_of(event), number)
    await in_transaction(db)(_write(tuple(changes), len(lines), len(events)), **values)
    return msgspec.structs.replace(booking, **changes)


def _line_row(booking_id: UUID, at: datetime, line: Line) -> dict[str, Any]:
    facts = {name: value for name, value in line.detail.items() if value is not None}
    return {
        "booking_id": booking_id,
        "at": at,
        "actor": line.by,
        "event": line.event,
        "detail": msgspec.json.encode(facts).decode(),
    }


def _numbered(row: Mapping[str, Any], number: int) -> dict[str, Any]:
    return {f"{name}_{number}": value for name, value in row.items()}


LINE_COLUMNS = ("booking_id", "at", "actor", "event", "detail")
_NOTE = Query(insert(timeline).values({name: bindparam(name) for name in LINE_COLUMNS}))


@functools.cache
def _write(changed: tuple[str, ...], lines: int, events: int) -> Query:
    """To build a statement takes longer than to run it; there are some two dozen shapes."""
    values: dict[str, Any] = {column: bindparam(column) for column in changed}
    statement = update(bookings).where(bookings.c.id == bindparam("which")).values(values)
    if lines:
        statement = statement.add_cte(_rows(timeline, LINE_COLUMNS, lines).cte("noted"))
    if events:
        statement = statement.add_cte(_rows(outbox, EVENT_COLUMNS, events).cte("told"))
    return Query(statement)


def _rows(table: Table, columns: Sequence[str], number: int) -> Insert:
    rows = [
        {name: bindparam(f"{name}_{n}", type_=table.c[name].type) for name in columns}
        for n in range(number)
    ]
    return insert(table).values(rows)


async def release_slot(db: AsyncConnection, booking: HeldBooking) -> None:
    """Lets others have the booking's slot, unless it has begun."""
    await db.execute(_RELEASE_SLOT, {"slot_id": booking.slot_id, "at": now()})
    await note_free_time(db, booking.consultant_id)


async def note_free_time(db: AsyncConnection, consultant_id: UUID) -> None:
    """Notes that the consultant's free time has changed; free_time.py tells the directory."""
    await db.execute(_CHANGED, {"consultant_id": consultant_id})


async def note(db: AsyncConnection, booking_id: UUID, by: Actor, event: str, **detail: Any) -> None:
    """Adds a line to the booking's timeline, where nothing else is written."""
    await in_transaction(db)(_NOTE, **_line_row(booking_id, now(), Line(by, event, detail)))


def timeline_name(event: type[Event]) -> str:
    """What the timeline calls an event: its wire name without the version."""
    return event.TYPE.rpartition(".v")[0]


def facts_of(booking: HeldBooking) -> dict[str, Any]:
    """What every event about a booking carries."""
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
    }


def constraint_of(error: IntegrityError | asyncpg.IntegrityConstraintViolationError) -> str | None:
    """The name of the constraint by which the database refused a row."""
    refusal = error.orig.__cause__ if isinstance(error, IntegrityError) and error.orig else error
    name: str | None = getattr(refusal, "constraint_name", None)
    return name
