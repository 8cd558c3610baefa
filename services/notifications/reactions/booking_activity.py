"""Events about a booking that do not name its parties; they are stored until the booking is
known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from services.notifications.commands.announcements import announce
from services.notifications.commands.messages import note_read, remind_of_message
from services.notifications.domain.model import Reader
from services.notifications.domain.parties import parties_of
from services.notifications.store import bookings, early_events
from shared import events as e
from shared.db import Transaction
from shared.deliveries import event_id
from shared.inbox import Reactions
from shared.projections import is_stale, latest_sequence


async def announce_for_booking(
    db: Transaction, event: Any, others: Mapping[str, UUID] = {}, *, live_only: bool = False
) -> bool:
    """Notifies the parties of a booking, and `others`: the users in the further roles of the event,
    which is stored until the booking is known. Returns whether the parties were notified.
    """
    booking = await bookings.get_for_update(db, event.booking_id)
    if booking is None:
        # Read again under the lock, as the booking may have become known in the meantime.
        await bookings.lock(db, event.booking_id)
        booking = await bookings.get_for_update(db, event.booking_id)
    if booking is None:
        body = msgspec.json.encode(event)
        await early_events.keep(db, event_id(), event.booking_id, event, body)
        return False
    parties = parties_of(booking, others)
    if isinstance(event, e.BusyCalendarConflicted):
        # The booking may have moved away since.
        times = {"start": event.scheduled_start, "end": event.scheduled_end}
        parties = msgspec.structs.replace(parties, **times)
    await announce(db, event, parties, live_only=live_only)
    return True


async def on_session_rated(db: Transaction, event: e.SessionRated) -> None:
    """Notifies the consultant, and stops asking the seeker for a rating."""
    if event.republished or await announce_for_booking(db, event):
        await bookings.mark_rated(db, event.booking_id)


async def on_rating_replied(db: Transaction, event: e.RatingReplied) -> None:
    """Notifies the seeker."""
    if not event.republished:
        await announce_for_booking(db, event)


async def on_message_posted(db: Transaction, event: e.MessagePosted) -> None:
    """Notifies both live, and the reader by mail if it is not read: one mail collects all
    messages.
    """
    more = {str(Reader.AUTHOR): event.author_id, str(Reader.RECIPIENT): event.recipient_id}
    await bookings.lock(db, event.booking_id)
    if await announce_for_booking(db, event, more):
        booking = await bookings.get_for_update(db, event.booking_id)
        assert booking is not None
        await remind_of_message(db, event, parties_of(booking, more))


async def on_messages_read(db: Transaction, event: e.MessagesRead) -> None:
    """Notifies both live, and cancels mails about messages that have been read."""
    more = {str(Reader.AUTHOR): event.author_id, str(Reader.RECIPIENT): event.reader_id}
    await bookings.lock(db, event.booking_id)
    await announce_for_booking(db, event, more)
    await note_read(db, event)


async def on_payment_authorized(db: Transaction, event: e.PaymentAuthorized) -> None:
    """Notifies both live."""
    await announce_for_booking(db, event)


async def on_payment_failed(db: Transaction, event: e.PaymentFailed) -> None:
    """Notifies both live, and the seeker of what they owe; as long as the booking is not over,
    BookingPaymentFailed says what they must do.
    """
    if event.owed:
        await _announce_debt(db, event, owes_nothing=False)
    else:
        await announce_for_booking(db, event)


async def on_payment_captured(db: Transaction, event: e.PaymentCaptured) -> None:
    """Notifies both live, and stops asking the seeker to pay."""
    await _announce_debt(db, event, owes_nothing=True)


async def on_payment_released(db: Transaction, event: e.PaymentReleased) -> None:
    """Notifies both live, and stops asking the seeker to pay: a debt may have been written off."""
    await _announce_debt(db, event, owes_nothing=True)


async def _announce_debt(db: Transaction, event: e.PaymentEvent, *, owes_nothing: bool) -> None:
    """The newest event says what is owed: a debt that was paid before it was known is only shown
    live, and nobody is asked for it; a debt that follows a release (a decision came late) is not
    taken for settled.
    """
    booking = await bookings.get_for_update(db, event.booking_id)
    is_outdated = booking is not None and is_stale(booking.debt_sequence)
    if await announce_for_booking(db, event, live_only=is_outdated) and not is_outdated:
        newest = latest_sequence(booking.debt_sequence if booking is not None else None)
        await bookings.save_debt(db, event.booking_id, newest, owes_nothing=owes_nothing)


async def on_payment_refunded(db: Transaction, event: e.PaymentRefunded) -> None:
    """Notifies the seeker."""
    await announce_for_booking(db, event)


async def on_refund_refused(db: Transaction, event: e.RefundRefused) -> None:
    """Notifies the consultant, who requested it."""
    await announce_for_booking(db, event)


async def on_refund_returned(db: Transaction, event: e.RefundReturned) -> None:
    """Notifies both."""
    await announce_for_booking(db, event)


async def on_payment_disputed(db: Transaction, event: e.PaymentDisputed) -> None:
    """Notifies the consultant."""
    await announce_for_booking(db, event)


async def on_payout_sent(db: Transaction, event: e.PayoutSent) -> None:
    """Notifies the consultant."""
    await announce_for_booking(db, event)


async def on_busy_calendar_conflicted(db: Transaction, event: e.BusyCalendarConflicted) -> None:
    """Warns the consultant."""
    await announce_for_booking(db, event)


BOOKING_ACTIVITY: Reactions = (
    (e.SessionRated, on_session_rated),
    (e.RatingReplied, on_rating_replied),
    (e.MessagePosted, on_message_posted),
    (e.MessagesRead, on_messages_read),
    (e.PaymentAuthorized, on_payment_authorized),
    (e.PaymentFailed, on_payment_failed),
    (e.PaymentCaptured, on_payment_captured),
    (e.PaymentReleased, on_payment_released),
    (e.PaymentRefunded, on_payment_refunded),
    (e.RefundRefused, on_refund_refused),
    (e.RefundReturned, on_refund_returned),
    (e.PaymentDisputed, on_payment_disputed),
    (e.PayoutSent, on_payout_sent),
    (e.BusyCalendarConflicted, on_busy_calendar_conflicted),
)
