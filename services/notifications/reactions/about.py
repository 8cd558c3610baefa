"""What is about a booking without naming its parties: it waits where the booking is not known
yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.commands.messages import note_read, remind_of_message
from services.notifications.commands.telling import Parties, event_id, tell
from services.notifications.domain.kinds import Reader
from services.notifications.store import bookings
from shared import events as e
from shared.inbox import Reactions


async def tell_about(db: AsyncConnection, event: Any, **more: UUID) -> bool:
    """Tells the parties of a booking; the fact is kept until the booking is known. Whether it was
    told.
    """
    booking = await bookings.get_for_update(db, event.booking_id)
    if booking is None:
        # Looked at again under the lock: it may have become known in this moment.
        await bookings.lock(db, event.booking_id)
        booking = await bookings.get_for_update(db, event.booking_id)
    if booking is None:
        body = msgspec.json.encode(event)
        await bookings.keep_early(db, event_id(), event.booking_id, event, body)
        return False
    await tell(db, event, _parties_of(booking, more))
    return True


def _parties_of(booking: RowMapping, more: Mapping[str, UUID]) -> Parties:
    readers = {Reader.SEEKER: booking["seeker_id"], Reader.CONSULTANT: booking["consultant_id"]}
    return Parties(
        readers | {Reader(name): user for name, user in more.items()},
        booking["booking_id"],
        booking["scheduled_start"],
        booking["scheduled_end"],
        booking["calendar_sequence"],
    )


async def on_session_rated(db: AsyncConnection, event: e.SessionRated) -> None:
    """Tells the consultant; nobody asks for a rating any more."""
    if await tell_about(db, event):
        await bookings.mark_rated(db, event.booking_id)


async def on_rating_replied(db: AsyncConnection, event: e.RatingReplied) -> None:
    """Tells the seeker."""
    await tell_about(db, event)


async def on_message_posted(db: AsyncConnection, event: e.MessagePosted) -> None:
    """Tells both live, and the reader by mail if it is not read: one mail gathers them all."""
    more = {str(Reader.AUTHOR): event.author_id, str(Reader.RECIPIENT): event.recipient_id}
    await bookings.lock(db, event.booking_id)
    if await tell_about(db, event, **more):
        booking = await bookings.get_for_update(db, event.booking_id)
        assert booking is not None
        await remind_of_message(db, event, _parties_of(booking, more))


async def on_messages_read(db: AsyncConnection, event: e.MessagesRead) -> None:
    """Tells both live; what was read needs no mail."""
    more = {str(Reader.AUTHOR): event.author_id, str(Reader.RECIPIENT): event.reader_id}
    await bookings.lock(db, event.booking_id)
    await tell_about(db, event, **more)
    await note_read(db, event)


async def on_payment_authorized(db: AsyncConnection, event: e.PaymentAuthorized) -> None:
    """Tells both live."""
    await tell_about(db, event)


async def on_payment_failed(db: AsyncConnection, event: e.PaymentFailed) -> None:
    """Tells both live; what is to be done is told by BookingPaymentFailed."""
    await tell_about(db, event)


async def on_payment_captured(db: AsyncConnection, event: e.PaymentCaptured) -> None:
    """Tells both live."""
    await tell_about(db, event)


async def on_payment_released(db: AsyncConnection, event: e.PaymentReleased) -> None:
    """Tells both live."""
    await tell_about(db, event)


async def on_payment_refunded(db: AsyncConnection, event: e.PaymentRefunded) -> None:
    """Tells the seeker."""
    await tell_about(db, event)


async def on_payment_disputed(db: AsyncConnection, event: e.PaymentDisputed) -> None:
    """Tells the consultant."""
    await tell_about(db, event)


async def on_payout_sent(db: AsyncConnection, event: e.PayoutSent) -> None:
    """Tells the consultant."""
    await tell_about(db, event)


async def on_busy_calendar_conflicted(db: AsyncConnection, event: e.BusyCalendarConflicted) -> None:
    """Warns the consultant."""
    await tell_about(db, event)


ABOUT: Reactions = (
    (e.SessionRated, on_session_rated),
    (e.RatingReplied, on_rating_replied),
    (e.MessagePosted, on_message_posted),
    (e.MessagesRead, on_messages_read),
    (e.PaymentAuthorized, on_payment_authorized),
    (e.PaymentFailed, on_payment_failed),
    (e.PaymentCaptured, on_payment_captured),
    (e.PaymentReleased, on_payment_released),
    (e.PaymentRefunded, on_payment_refunded),
    (e.PaymentDisputed, on_payment_disputed),
    (e.PayoutSent, on_payout_sent),
    (e.BusyCalendarConflicted, on_busy_calendar_conflicted),
)
