"""Messages between the parties of a booking."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, func, insert, select, update

from services.booking.domain.messages import Message
from services.booking.domain.model import Actor
from services.booking.tables import messages
from shared.db import Transaction

_INSERT = insert(messages)
_EXISTS = select(messages.c.id).where(
    messages.c.booking_id == bindparam("booking_id"), messages.c.id == bindparam("message_id")
)
_LAST = (
    select(messages.c.id)
    .where(messages.c.booking_id == bindparam("booking_id"))
    .order_by(messages.c.id.desc())
    .limit(1)
)
_unread = (
    (messages.c.booking_id == bindparam("key_booking_id"))
    & (messages.c.author == bindparam("key_author"))
    & messages.c.read_at.is_(None)
)
_MARK_READ = (
    update(messages)
    .where(_unread, messages.c.id <= bindparam("up_to"))
    .values(read_at=bindparam("at"))
)
_COUNT_UNREAD = select(func.count()).where(_unread)


async def insert_message(db: Transaction, message: Message) -> None:
    """Inserts a message."""
    await db.execute(_INSERT, msgspec.structs.asdict(message))


async def last_message_id(db: Transaction, booking_id: UUID) -> UUID | None:
    """The id of the booking's last message; None if it has none."""
    found: UUID | None = await db.scalar(_LAST, {"booking_id": booking_id})
    return found


async def has_message(db: Transaction, booking_id: UUID, message_id: UUID) -> bool:
    """Whether the message belongs to that booking."""
    found = await db.execute(_EXISTS, {"booking_id": booking_id, "message_id": message_id})
    return found.one_or_none() is not None


async def mark_read(
    db: Transaction, booking_id: UUID, author: Actor, up_to: UUID, at: datetime
) -> int:
    """Marks messages of `author` up to and including `up_to` as read. Returns how many were
    unread.
    """
    which = {"key_booking_id": booking_id, "key_author": author}
    return (await db.execute(_MARK_READ, {**which, "up_to": up_to, "at": at})).rowcount


async def count_unread(db: Transaction, booking_id: UUID, author: Actor) -> int:
    """The number of unread messages of `author`."""
    which = {"key_booking_id": booking_id, "key_author": author}
    counted = await db.execute(_COUNT_UNREAD, which)
    return int(counted.scalar_one())
