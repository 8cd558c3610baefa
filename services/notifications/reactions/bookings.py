"""What happens to bookings and sessions: kept, and told to the two."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications import signals
from services.notifications.commands.telling import Parties, tell
from services.notifications.domain.kinds import Reader
from services.notifications.reactions.about import ABOUT
from services.notifications.store import bookings
from shared import events as e
from shared.db import after_commit
from shared.inbox import Reactions
from shared.telemetry import RequestContext, request_context


async def _tell_booking(db: AsyncConnection, event: e.BookingEvent, **more: UUID) -> None:
    """Keeps what the event says of its booking, tells the two, and whatever waited for it."""
    is_new = await bookings.save(db, event)
    if is_new:
        await bookings.lock(db, event.booking_id)
    await tell(db, event, _parties(event, more))
    if is_new:
        for early in await bookings.take_early(db, event.booking_id):
            await _catch_up(db, early)


def _parties(event: e.BookingEvent, more: Mapping[str, UUID]) -> Parties:
    readers = {Reader.SEEKER: event.seeker_id, Reader.CONSULTANT: event.consultant_id}
    return Parties(
        readers | {Reader(name): user for name, user in more.items()},
        event.booking_id,
        event.scheduled_start,
        event.scheduled_end,
        event.calendar_sequence,
    )


async def _catch_up(db: AsyncConnection, early: RowMapping) -> None:
    kind = e.BY_TYPE[early["type"]]
    current = request_context.get()
    token = request_context.set(
        RequestContext(current.request_id, str(early["event_id"]), current.traceparent)
    )
    try:
        reaction = dict(ABOUT)[kind]
        await reaction(db, msgspec.json.decode(early["body"], type=kind))
    finally:
        request_context.reset(token)


async def on_booking_requested(db: AsyncConnection, event: e.BookingRequested) -> None:
    """Tells the consultant who asks."""
    await _tell_booking(db, event)


async def on_booking_accepted(db: AsyncConnection, event: e.BookingAccepted) -> None:
    """Tells the seeker that it is being paid."""
    await _tell_booking(db, event)


async def on_booking_declined(db: AsyncConnection, event: e.BookingDeclined) -> None:
    """Tells the seeker."""
    await _tell_booking(db, event)


async def on_booking_expired(db: AsyncConnection, event: e.BookingExpired) -> None:
    """Tells both."""
    await _tell_booking(db, event)


async def on_booking_cancelled(db: AsyncConnection, event: e.BookingCancelled) -> None:
    """Tells both, with what it costs and returns."""
    await _tell_booking(db, event)


async def on_booking_confirmed(db: AsyncConnection, event: e.BookingConfirmed) -> None:
    """Tells both, with the calendar entry; reminders are planned."""
    await _tell_booking(db, event)
    after_commit(db, signals.reminders_due.wake)


async def on_booking_payment_failed(db: AsyncConnection, event: e.BookingPaymentFailed) -> None:
    """Tells the seeker why, and until when it can be put right."""
    await _tell_booking(db, event)


async def on_booking_rescheduled(db: AsyncConnection, event: e.BookingRescheduled) -> None:
    """Tells both the new time; reminders follow."""
    await _tell_booking(db, event)
    after_commit(db, signals.reminders_due.wake)


async def _tell_proposal(db: AsyncConnection, event: e.RescheduleEvent) -> None:
    seeker, consultant = event.seeker_id, event.consultant_id
    mine, others = (seeker, consultant) if event.proposed_by == "seeker" else (consultant, seeker)
    more = {str(Reader.PROPOSER): mine, str(Reader.OTHER): others}
    await _tell_booking(db, event, **more)


async def on_reschedule_proposed(db: AsyncConnection, event: e.RescheduleProposed) -> None:
    """Tells the other party."""
    await _tell_proposal(db, event)


async def on_reschedule_accepted(db: AsyncConnection, event: e.RescheduleAccepted) -> None:
    """Tells both; the new time is told by BookingRescheduled."""
    await _tell_proposal(db, event)


async def on_reschedule_declined(db: AsyncConnection, event: e.RescheduleDeclined) -> None:
    """Tells the proposer."""
    await _tell_proposal(db, event)


async def on_reschedule_withdrawn(db: AsyncConnection, event: e.RescheduleWithdrawn) -> None:
    """Tells the other party."""
    await _tell_proposal(db, event)


async def on_reschedule_expired(db: AsyncConnection, event: e.RescheduleExpired) -> None:
    """Tells the proposer."""
    await _tell_proposal(db, event)


async def on_session_started(db: AsyncConnection, event: e.SessionStarted) -> None:
    """Tells both."""
    await _tell_booking(db, event)


async def on_session_missed(db: AsyncConnection, event: e.SessionMissed) -> None:
    """Tells both who was absent, and what it costs."""
    await _tell_booking(db, event)


async def on_session_ended(db: AsyncConnection, event: e.SessionEnded) -> None:
    """Tells both how long it was and what it costs; the seeker is asked for a rating later."""
    await _tell_booking(db, event)


BOOKINGS: Reactions = (
    (e.BookingRequested, on_booking_requested),
    (e.BookingAccepted, on_booking_accepted),
    (e.BookingDeclined, on_booking_declined),
    (e.BookingExpired, on_booking_expired),
    (e.BookingCancelled, on_booking_cancelled),
    (e.BookingConfirmed, on_booking_confirmed),
    (e.BookingPaymentFailed, on_booking_payment_failed),
    (e.BookingRescheduled, on_booking_rescheduled),
    (e.RescheduleProposed, on_reschedule_proposed),
    (e.RescheduleAccepted, on_reschedule_accepted),
    (e.RescheduleDeclined, on_reschedule_declined),
    (e.RescheduleWithdrawn, on_reschedule_withdrawn),
    (e.RescheduleExpired, on_reschedule_expired),
    (e.SessionStarted, on_session_started),
    (e.SessionMissed, on_session_missed),
    (e.SessionEnded, on_session_ended),
)
