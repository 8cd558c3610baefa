"""The projection of bookings, and events that arrived before their booking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    DateTime,
    Uuid,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from services.notifications.domain.model import Booking, ConfirmedBooking, EarlyEvent
from services.notifications.tables import bookings, early_events, message_reads
from shared.clock import now
from shared.db import Executor, Query, Transaction
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
from shared.inbox import event_sequence, projection

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
# Proposals carry the terms and not the status, which therefore has a sequence of its own. Of a
# proposal nothing is kept but the sequence: it is over once there is a newer event about one.
_SAVE = Query(
    projection(bookings, *_TERMS, status_sequence=("status", "status_at"), proposal_sequence=())
    .values(_COLUMNS)
    .returning(_IS_NEW)
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

_TAKE_EARLY = Query(
    delete(early_events)
    .where(early_events.c.booking_id == bindparam("booking_id"))
    .returning(*(early_events.c[name] for name in EarlyEvent.__struct_fields__))
)


async def lock(db: Transaction, booking_id: UUID) -> None:
    """Serialises the first event of a booking and events about it that arrive earlier."""
    await db(_LOCK, id=str(booking_id))


async def save(db: Transaction, event: BookingEvent, at: datetime) -> bool:
    """Stores the data about its booking of an event that happened `at`, unless newer data is known.
    Returns whether the booking was unknown before. A booking of which only proposals are known
    counts as requested.
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
    return bool(saved and saved[0]["is_new"])


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
    mine = update(bookings).where(bookings.c.booking_id == booking_id)
    await db.execute(mine.values(is_rated=True))


async def save_debt(
    db: Transaction, booking_id: UUID, debt_sequence: int, *, owes_nothing: bool
) -> None:
    """Records whether the seeker owes nothing for the booking, and the sequence of the payment's
    event that says so.
    """
    mine = update(bookings).where(bookings.c.booking_id == booking_id)
    await db.execute(mine.values(owes_nothing=owes_nothing, debt_sequence=debt_sequence))


async def keep_early(
    db: Transaction, event_id: UUID, booking_id: UUID, event: Event, body: bytes
) -> None:
    """Stores an event whose booking is not known yet."""
    row: dict[str, Any] = {
        "event_id": event_id,
        "booking_id": booking_id,
        "type": event.TYPE,
        "body": body.decode(),
        "sequence": event_sequence(),
        "created_at": now(),
    }
    await db.execute(insert(early_events).on_conflict_do_nothing(), row)


async def take_early(db: Transaction, booking_id: UUID) -> list[EarlyEvent]:
    """Removes and returns the events that arrived before their booking, oldest first."""
    rows = await db(_TAKE_EARLY, booking_id=booking_id)
    return sorted((EarlyEvent(*row) for row in rows), key=lambda early: early.event_id)


async def mark_read(db: Transaction, booking_id: UUID, reader_id: UUID, up_to: UUID) -> None:
    """Records up to which message a user has read; message ids increase with time."""
    statement = insert(message_reads).values(
        booking_id=booking_id, reader_id=reader_id, up_to=up_to
    )
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=[message_reads.c.booking_id, message_reads.c.reader_id],
            set_={"up_to": func.greatest(message_reads.c.up_to, statement.excluded.up_to)},
        )
    )


async def read_up_to(db: Transaction, booking_id: UUID, reader_id: UUID) -> UUID | None:
    """The last message that a user has read."""
    found = await db.execute(
        select(message_reads.c.up_to).where(
            message_reads.c.booking_id == booking_id, message_reads.c.reader_id == reader_id
        )
    )
    up_to: UUID | None = found.scalar()
    return up_to


async def without_reminders(db: Transaction, limit: int) -> list[ConfirmedBooking]:
    """Confirmed bookings whose reminders have not been planned for their current start, locked
    against other replicas.
    """
    missing = (
        select(*(bookings.c[name] for name in ConfirmedBooking.__struct_fields__))
        .where(
            bookings.c.status == "confirmed",
            bookings.c.reminders_for.is_distinct_from(bookings.c.scheduled_start),
        )
        .order_by(bookings.c.scheduled_start)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [ConfirmedBooking(*row) for row in (await db.execute(missing)).all()]


async def note_reminders(db: Transaction, booking_ids: Sequence[UUID]) -> None:
    """Records that reminders were planned for the current start of these bookings."""
    planned = update(bookings).where(bookings.c.booking_id.in_(booking_ids))
    await db.execute(planned.values(reminders_for=bookings.c.scheduled_start))
