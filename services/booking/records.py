"""A booking in the hands of a command, reaction or sweep: its row is locked until their transaction ends.

They load with `hold`, decide by lifecycle and policy, write with `save`, and tell with `tell`. The row lock is what makes two
commands on one booking happen one after the other, and its events leave in that order.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import Update, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.booking.lifecycle import Actor, Status
from services.booking.policy import cancellation_fee
from services.booking.tables import availability_slots, bookings, free_time_changes, parties, timeline
from shared.auth import User
from shared.clock import now
from shared.events import BookingEvent, Event
from shared.outbox import emit
from shared.problems import NotFound

seeker = parties.alias("seeker")
consultant = parties.alias("consultant")
# Inner joins lose nothing: whoever asks for or offers a slot is in `parties` before the booking is, and nobody ever leaves it.
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
_NOTE = insert(timeline)
_CHANGED = insert(free_time_changes)
_RELEASE_SLOT = (
    update(availability_slots)
    .where(availability_slots.c.id == bindparam("slot_id"), availability_slots.c.start_time > bindparam("at"))
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
    payment_heard: UUID | None = None
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
        """What the seeker owes when `by` calls the booking off `at`, by the policy that it was made under."""
        return cancellation_fee(self.status, by, at, self.free_until, self.amount, self.late_cancel_bps)

    def role_of(self, user: User) -> Actor:
        """Which of the two people `user` is. Raises NotFound for anybody else: a stranger learns nothing."""
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


async def hold_as_party(db: AsyncConnection, booking_id: UUID, user: User) -> tuple[HeldBooking, Actor]:
    """The booking, locked, and which of its people `user` is. Raises NotFound where there is none, or it is not theirs."""
    booking = await hold(db, booking_id)
    if booking is None:
        raise NotFound
    return booking, booking.role_of(user)


async def save(db: AsyncConnection, booking: HeldBooking, **changes: Any) -> HeldBooking:
    """Writes `changes` to the booking's row; the booking as it is now."""
    changes["updated_at"] = now()
    await db.execute(_save(tuple(changes)), {"booking_id": booking.id, **changes})
    return msgspec.structs.replace(booking, **changes)


@functools.cache
def _save(columns: tuple[str, ...]) -> Update:
    """To build a statement takes as long as to run it; there are a dozen sets of columns."""
    values: dict[str, Any] = {column: bindparam(column) for column in columns}
    return update(bookings).where(bookings.c.id == bindparam("booking_id")).values(values)


async def release_slot(db: AsyncConnection, booking: HeldBooking) -> None:
    """Lets others have the booking's slot, unless it has begun."""
    await db.execute(_RELEASE_SLOT, {"slot_id": booking.slot_id, "at": now()})
    await note_free_time(db, booking.consultant_id)


async def note_free_time(db: AsyncConnection, consultant_id: UUID) -> None:
    """Notes that the consultant's free time has changed; free_time.py tells the directory."""
    await db.execute(_CHANGED, {"consultant_id": consultant_id})


async def tell(
    db: AsyncConnection, booking: HeldBooking, by: Actor, event: BookingEvent, **detail: Any
) -> None:
    """Records `event` for the other services and, with `detail`, on the booking's timeline."""
    await note(db, booking.id, by, timeline_name(type(event)), **detail)
    await emit(db, event)


async def note(db: AsyncConnection, booking_id: UUID, by: Actor, event: str, **detail: Any) -> None:
    """Adds a line to the booking's timeline. `detail` holds small facts; absent ones are left out."""
    facts = {name: value for name, value in detail.items() if value is not None}
    await db.execute(
        _NOTE, {"booking_id": booking_id, "at": now(), "actor": by, "event": event, "detail": facts}
    )


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


def constraint_of(error: IntegrityError) -> str | None:
    """The name of the constraint by which the database refused a row."""
    name: str | None = getattr(error.orig.__cause__, "constraint_name", None) if error.orig else None
    return name
