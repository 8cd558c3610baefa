"""Reactions to events about bookings and sessions: they update the projection and notify both
parties.
"""

from __future__ import annotations

from uuid import UUID

import msgspec

from services.notifications import signals
from services.notifications.commands.announcements import announce
from services.notifications.domain.model import EarlyEvent, Reader
from services.notifications.domain.parties import parties_of
from services.notifications.reactions.booking_activity import BOOKING_ACTIVITY
from services.notifications.store import bookings, early_events
from shared import events as e
from shared.db import Transaction
from shared.deliveries import Delivery, event_instant, processing
from shared.inbox import Reactions
from shared.telemetry import request_context

# Events of other types are left to the newer replica that stored them, or one like it: to whichever
# receives the booking's next event.
_HANDLED = tuple(event.TYPE for event, _ in BOOKING_ACTIVITY)


async def _announce_booking(db: Transaction, event: e.BookingEvent, **more: UUID) -> None:
    """Updates the projection of the booking, notifies both parties, and then processes events that
    arrived before it.
    """
    saved = await bookings.save(db, event, event_instant())
    if saved.is_new:
        await bookings.lock(db, event.booking_id)
    await announce(db, event, parties_of(event, more))
    if saved.is_new or saved.has_early_events:
        for early in await early_events.take(db, event.booking_id, _HANDLED):
            await _catch_up(db, early)


async def _catch_up(db: Transaction, early: EarlyEvent) -> None:
    kind, current = e.BY_TYPE[early.type], request_context.get()
    delivery = Delivery(
        early.event_id,
        early.type,
        early.body.encode(),
        correlation_id=current.request_id,
        traceparent=current.traceparent,
        sequence=early.sequence,
    )
    with processing(delivery):
        await dict(BOOKING_ACTIVITY)[kind](db, msgspec.json.decode(delivery.body, type=kind))


async def on_booking_requested(db: Transaction, event: e.BookingRequested) -> None:
    """Notifies the consultant of the request."""
    await _announce_booking(db, event)


async def on_booking_accepted(db: Transaction, event: e.BookingAccepted) -> None:
    """Notifies the seeker that the payment is being authorised."""
    await _announce_booking(db, event)


async def on_booking_declined(db: Transaction, event: e.BookingDeclined) -> None:
    """Notifies the seeker."""
    await _announce_booking(db, event)


async def on_booking_expired(db: Transaction, event: e.BookingExpired) -> None:
    """Notifies both."""
    await _announce_booking(db, event)


async def on_booking_cancelled(db: Transaction, event: e.BookingCancelled) -> None:
    """Notifies both, including the fee and the refund."""
    await _announce_booking(db, event)


async def on_booking_confirmed(db: Transaction, event: e.BookingConfirmed) -> None:
    """Notifies both, with the calendar entry, and plans reminders."""
    await _announce_booking(db, event)
    db.after_commit(signals.reminders_due.wake)


async def on_booking_payment_failed(db: Transaction, event: e.BookingPaymentFailed) -> None:
    """Notifies the seeker of the reason and the deadline."""
    await _announce_booking(db, event)


async def on_booking_rescheduled(db: Transaction, event: e.BookingRescheduled) -> None:
    """Notifies both of the new time, and plans reminders for it."""
    await _announce_booking(db, event)
    db.after_commit(signals.reminders_due.wake)


async def _announce_proposal(db: Transaction, event: e.RescheduleEvent) -> None:
    seeker, consultant = event.seeker_id, event.consultant_id
    mine, others = (seeker, consultant) if event.proposed_by == "seeker" else (consultant, seeker)
    more = {str(Reader.PROPOSER): mine, str(Reader.OTHER): others}
    await _announce_booking(db, event, **more)


async def on_reschedule_proposed(db: Transaction, event: e.RescheduleProposed) -> None:
    """Notifies the other party."""
    await _announce_proposal(db, event)


async def on_reschedule_accepted(db: Transaction, event: e.RescheduleAccepted) -> None:
    """Notifies both; BookingRescheduled announces the new time."""
    await _announce_proposal(db, event)


async def on_reschedule_declined(db: Transaction, event: e.RescheduleDeclined) -> None:
    """Notifies the proposer."""
    await _announce_proposal(db, event)


async def on_reschedule_withdrawn(db: Transaction, event: e.RescheduleWithdrawn) -> None:
    """Notifies the other party."""
    await _announce_proposal(db, event)


async def on_reschedule_expired(db: Transaction, event: e.RescheduleExpired) -> None:
    """Notifies the proposer."""
    await _announce_proposal(db, event)


async def on_session_started(db: Transaction, event: e.SessionStarted) -> None:
    """Notifies both."""
    await _announce_booking(db, event)


async def on_session_missed(db: Transaction, event: e.SessionMissed) -> None:
    """Notifies both of who was absent, and of the fee."""
    await _announce_booking(db, event)


async def on_session_ended(db: Transaction, event: e.SessionEnded) -> None:
    """Notifies both of the duration and the price, and plans to ask the seeker for a rating."""
    await _announce_booking(db, event)


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
