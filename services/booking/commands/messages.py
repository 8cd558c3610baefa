"""Messages between the parties, from the request until some time after the end."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from msgspec.structs import replace

from services.booking.domain.messages import Message
from services.booking.domain.model import Actor, Booking
from services.booking.errors import InvalidTransition
from services.booking.store.bookings import get_for_party, save
from services.booking.store.messages import (
    count_unread,
    has_message,
    insert_message,
    last_message_id,
    mark_read,
)
from shared.auth import User
from shared.clock import now
from shared.db import Transaction
from shared.events import MessagePosted, MessagesRead
from shared.ids import new_id_after
from shared.problems import NotFound

OPEN_AFTER_END = timedelta(days=30)
EXCERPT = 200


async def post_message(db: Transaction, *, booking_id: UUID, by: User, body: str) -> Message:
    """Posts a message to the other party. Raises NotFound; InvalidTransition later than 30 days
    after the end.
    """
    booking, author = await get_for_party(db, booking_id, by)
    if now() > booking.scheduled_end + OPEN_AFTER_END:
        raise InvalidTransition(
            f"The booking is {booking.status}, and messages could be sent until"
            f" {booking.scheduled_end + OPEN_AFTER_END:%Y-%m-%d %H:%M} UTC."
        )
    message, _ = await add_message(db, booking, by=by, author=author, body=body)
    return message


async def add_message(
    db: Transaction, booking: Booking, *, by: User, author: Actor, body: str
) -> tuple[Message, Booking]:
    """Adds a message of `by`, the booking's `author`, to the locked booking. Returns the message,
    and the booking with it counted as unread.
    """
    # Lists and read marks follow the ids, so they must not depend on the clocks of replicas.
    message_id = new_id_after(await last_message_id(db, booking.id))
    message = Message(message_id, booking.id, author, body, now(), None)
    await insert_message(db, message)
    reader, recipient_id = booking.other_party(author)
    event = MessagePosted(
        message_id=message.id,
        booking_id=booking.id,
        author=author,
        author_id=by.id,
        recipient_id=recipient_id,
        excerpt=body[:EXCERPT],
        posted_at=message.created_at,
    )
    after = _with_unread(booking, reader, booking.unread_by(reader) + 1)
    return message, await save(db, booking, after, events=[event])


async def read_messages(db: Transaction, *, booking_id: UUID, by: User, up_to: UUID) -> None:
    """Marks the other party's messages as read, up to and including `up_to`. Raises NotFound for
    somebody else's booking, and for a message of another booking.
    """
    booking, reader = await get_for_party(db, booking_id, by)
    if not await has_message(db, booking.id, up_to):
        raise NotFound
    author, author_id = booking.other_party(reader)
    at = now()
    if await mark_read(db, booking.id, author, up_to, at) == 0:
        return
    event = MessagesRead(
        booking_id=booking.id, reader_id=by.id, author_id=author_id, up_to=up_to, read_at=at
    )
    unread = await count_unread(db, booking.id, author)
    await save(db, booking, _with_unread(booking, reader, unread), events=[event])


def _with_unread(booking: Booking, reader: Actor, number: int) -> Booking:
    if reader is Actor.SEEKER:
        return replace(booking, seeker_unread=number)
    return replace(booking, consultant_unread=number)
