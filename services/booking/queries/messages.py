"""A booking's messages."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import bindparam, select

from services.booking.domain.messages import Message
from services.booking.domain.model import Actor
from services.booking.queries.bookings import booking_for
from services.booking.tables import messages
from shared.auth import User
from shared.db import Query, Reader
from shared.ids import FIRST_ID
from shared.paging import Page, decode_id, page

MESSAGES = Query(
    select(*(messages.c[name] for name in Message.__struct_fields__))
    .where(
        messages.c.booking_id == bindparam("booking_id"),
        messages.c.id > bindparam("after"),
    )
    .order_by(messages.c.id)
    .limit(bindparam("rows"))
)


async def messages_for(
    reader: Reader, booking_id: UUID, user: User, limit: int, cursor: str | None
) -> Page[Message]:
    """The messages of a booking, oldest first, for one of its parties. Raises NotFound."""
    scope = f"messages,{booking_id}"
    after = decode_id(cursor, scope, FIRST_ID)
    await booking_for(reader, booking_id, user)
    rows = await reader.rows(MESSAGES, booking_id=booking_id, after=after, rows=limit + 1)
    found = [Message(**{**row, "author": Actor(row["author"])}) for row in rows]
    return page(found, limit, lambda message: (message.id,), scope)
