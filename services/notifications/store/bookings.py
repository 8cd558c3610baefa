"""The projection of bookings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    Integer,
    Uuid,
    any_,
    bindparam,
    exists,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.notifications.domain.model import Booking, ConfirmedBooking
from services.notifications.tables import bookings, early_events
from shared.db import Executor, Query, Transaction
from shared.deliveries import event_sequence
from shared.events import (
    BookingAccepted,
    BookingCancelled,
    BookingConfirmed,
    BookingDeclined,
    BookingEvent,
    BookingExpired,
    BookingPaymentFailed,
    BookingRequested,
    BookingRescheduled,
    Event,
    RescheduleEvent,
    SessionEnded,
    SessionMissed,
    SessionStarted,
)
from shared.projections import projection

# The status of a booking after each event.
STATUS_AFTER: dict[type[Event], str] = {
    BookingRequested: "requested",
    BookingAccepted: "accepted",
    BookingDeclined: "declined",
    BookingExpired: "expired",
    BookingCancelled: "cancelled",
    BookingConfirmed: "confirmed",
    BookingPaymentFailed: "payment_failed",
    SessionStarted: "in_progress",
    SessionEnded: "completed",
    SessionMissed: "no_show",
}
# The statuses in which a booking takes up its time.
_LIVE = ("requested", "accepted", "payment_failed", "confirmed", "in_progress")
_LOCK = Query(text("select pg_advisory_xact_lock(hashtextextended(cast(:id as text), 4207201105))"))
_TERMS = ("scheduled_start", "scheduled_end", "amount", "currency", "calendar_sequence")
# PostgreSQL's marker for a row inserted by this statement.
_IS_NEW = literal_column("xmax = 0", Boolean).label("is_new")
_COLUMNS = {
    column.name: bindparam(column.name, type_=column.type)
    for column in (
        bookings.c.booking_id,
        bookings.c.seeker_id,
        bookings.c.consultant_id,
        bookings.c.status,
        *(bookings.c[name] for name in _TERMS),
        bookings.c.status_at,
        bookings.c.last_sequence,
        bookings.c.status_sequence,
        bookings.c.proposal_sequence,
    )
}
_HAS_EARLY_EVENTS = (
    exists()
    .where(early_events.c.booking_id == bindparam("booking_id", type_=Uuid))
    .label("has_early_events")
)
# Proposals carry the terms and not the status, which therefore has a sequence of its own. Of a
# proposal nothing is kept but the sequence: it is over once there is a newer event about one.
_SAVE = Query(
    projection(bookings, *_TERMS, status_sequence=("status", "status_at"), proposal_sequence=())
    .values(_COLUMNS)
    .returning(_IS_NEW, _HAS_EARLY_EVENTS)
)
_BOOKING_COLUMNS = tuple(bookings.c[name] for name in Booking.__struct_fields__)
_GET = Query(
    select(*_BOOKING_COLUMNS)
    .where(bookings.c.booking_id == bindparam("booking_id", type_=Uuid))
    .with_for_update()
)

_IS_TAKEN = Query(
    select(
        exists().where(
            bookings.c.consultant_id == bindparam("consultant_id", type_=Uuid),
            # the same condition as in the index of live bookings
            bookings.c.status.in_([literal_column(f"'{status}'") for status in _LIVE]),
            bookings.c.scheduled_start < bindparam("end", type_=DateTime(timezone=True)),
            bookings.c.scheduled_end > bindparam("start", type_=DateTime(timezone=True)),
        )
    )
)

_THIS = update(bookings).where(bookings.c.booking_id == bindparam("which", type_=Uuid))
_MARK_RATED = Query(_THIS.values(is_rated=True))
_SAVE_DEBT = Query(
    _THIS.values(
        owes_nothing=bindparam("owes_nothing", type_=Boolean),
        debt_sequence=bindparam("debt_sequence", type_=BigInteger),
    )
)
_WITHOUT_REMINDERS = Query(
    select(*(bookings.c[name] for name in ConfirmedBooking.__struct_fields__))
    .where(
        # the same condition as in the index of bookings without reminders
        bookings.c.status == literal_column("'confirmed'"),
        bookings.c.reminders_for.is_distinct_from(bookings.c.scheduled_start),
    )
    .order_by(bookings.c.scheduled_start)
    .limit(bindparam("rows", type_=Integer))
    .with_for_update(skip_locked=True)
)
_NOTE_REMINDERS = Query(
    update(bookings)
    .where(bookings.c.booking_id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .values(reminders_for=bookings.c.scheduled_start)
)


async def lock(db: Transaction, booking_id: UUID) -> None:
    """Serialises the first event of a booking and events about it that arrive earlier."""
    await db(_LOCK, id=str(booking_id))


class Saved(NamedTuple):
    """Whether a booking was unknown before, and whether events are stored that arrived before
    it.
    """

    is_new: bool
    has_early_events: bool


async def save(db: Transaction, event: BookingEvent, at: datetime) -> Saved:
    """Stores the data about its booking of an event that happened `at`, unless newer data is known.
    A booking of which only proposals are known counts as requested.
    """
    status = STATUS_AFTER.get(type(event))
    if isinstance(event, BookingRescheduled):
        status = event.status
    is_about_proposal = isinstance(event, RescheduleEvent | BookingRescheduled)
    row = {
        "booking_id": event.booking_id,
        "seeker_id": event.seeker_id,
        "consultant_id": event.consultant_id,
        "status": status or "requested",
        "scheduled_start": event.scheduled_start,
        "scheduled_end": event.scheduled_end,
        "amount": event.amount,
        "currency": event.currency,
        "calendar_sequence": event.calendar_sequence,
        "status_at": at if status is not None else None,
        "last_sequence": event_sequence(),
        "status_sequence": event_sequence() if status is not None else None,
        "proposal_sequence": event_sequence() if is_about_proposal else None,
    }
    saved = await db(_SAVE, **row)
    return Saved(*saved[0]) if saved else Saved(is_new=False, has_early_events=False)


async def get_for_update(db: Transaction, booking_id: UUID) -> Booking | None:
    """A booking, if known. Its row is locked before those of its parties' streams, as in `save`, so
    that two reactions cannot deadlock.
    """
    found = await db(_GET, booking_id=booking_id)
    return Booking(*found[0]) if found else None


async def is_taken(run: Executor, consultant_id: UUID, start: datetime, end: datetime) -> bool:
    """Whether a consultant has a live booking at that time."""
    rows = await run(_IS_TAKEN, consultant_id=consultant_id, start=start, end=end)
    return bool(rows[0][0])


async def mark_rated(db: Transaction, booking_id: UUID) -> None:
    """Records that no rating needs to be requested any more."""
    await db(_MARK_RATED, which=booking_id)


async def save_debt(
    db: Transaction, booking_id: UUID, debt_sequence: int, *, owes_nothing: bool
) -> None:
    """Records whether the seeker owes nothing for the booking, and the sequence of the payment's
    event that says so.
    """
    await db(_SAVE_DEBT, which=booking_id, debt_sequence=debt_sequence, owes_nothing=owes_nothing)


async def without_reminders(db: Transaction, limit: int) -> list[ConfirmedBooking]:
    """Confirmed bookings whose reminders have not been planned for their current start, locked
    against other replicas.
    """
    return [ConfirmedBooking(*row) for row in await db(_WITHOUT_REMINDERS, rows=limit)]


async def note_reminders(db: Transaction, booking_ids: Sequence[UUID]) -> None:
    """Records that reminders were planned for the current start of these bookings."""
    await db(_NOTE_REMINDERS, ids=list(booking_ids))
