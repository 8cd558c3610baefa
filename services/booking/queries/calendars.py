"""Bookings for calendar programs."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, or_, select

from services.booking.domain.model import Booking
from services.booking.store.bookings import BOOKINGS, booking_from
from services.booking.tables import bookings, calendar_feeds
from shared.db import Query, Reader
from shared.problems import NotFound

# Calendar programs read a feed as a whole, and again and again: years of history would only cost.
MOST = 1000

_OWNER = Query(
    select(calendar_feeds.c.user_id).where(calendar_feeds.c.token_hash == bindparam("token_hash"))
)
_user_id = bindparam("user_id", type_=bookings.c.seeker_id.type)
_BOOKINGS = Query(
    BOOKINGS.where(or_(bookings.c.seeker_id == _user_id, bookings.c.consultant_id == _user_id))
    .order_by(bookings.c.id.desc())
    .limit(MOST)
)


async def feed_of(reader: Reader, token_hash: bytes) -> tuple[UUID, Sequence[Booking]]:
    """Whose feed has this token, and their newest bookings. Raises NotFound."""
    owner = await reader.row(_OWNER, token_hash=token_hash)
    if owner is None:
        raise NotFound
    user_id: UUID = owner["user_id"]
    rows = await reader.rows(_BOOKINGS, user_id=user_id)
    return user_id, [booking_from(row) for row in rows]
