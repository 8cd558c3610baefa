"""Ratings of sessions."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from services.booking.domain.ratings import PublishedRating, Rating, Reply
from services.booking.tables import bookings, ratings, users
from shared.db import Transaction

_INSERT = insert(ratings).on_conflict_do_nothing()
_EXISTS = select(ratings.c.score).where(ratings.c.booking_id == bindparam("booking_id"))
_REPLY = (
    update(ratings)
    .where(ratings.c.booking_id == bindparam("key_booking_id"), ratings.c.reply.is_(None))
    .values(reply=bindparam("body"), replied_at=bindparam("at"))
)
_NEXT = (
    select(
        *ratings.columns,
        bookings.c.consultant_id,
        bookings.c.seeker_id,
        users.c.first_name.label("seeker_first_name"),
    )
    .join(bookings, bookings.c.id == ratings.c.booking_id)
    .join(users, users.c.id == bookings.c.seeker_id)
    .where(ratings.c.booking_id > bindparam("after"))
    .order_by(ratings.c.booking_id)
    .limit(bindparam("rows"))
)


async def insert_rating(db: Transaction, rating: Rating) -> bool:
    """Inserts a rating. False if the booking has one already."""
    row = {
        "booking_id": rating.booking_id,
        "score": rating.score,
        "comment": rating.comment,
        "created_at": rating.created_at,
    }
    written = await db.execute(_INSERT, row)
    return bool(written.rowcount)


async def has_rating(db: Transaction, booking_id: UUID) -> bool:
    """Whether the booking has been rated."""
    return (await db.execute(_EXISTS, {"booking_id": booking_id})).one_or_none() is not None


async def insert_reply(db: Transaction, booking_id: UUID, reply: Reply) -> bool:
    """Stores the reply to a rating. False if there is no rating, or a reply already."""
    row = {"key_booking_id": booking_id, "body": reply.body, "at": reply.created_at}
    return bool((await db.execute(_REPLY, row)).rowcount)


async def next_ratings(db: Transaction, after: UUID, limit: int) -> list[PublishedRating]:
    """Up to `limit` ratings in order of their bookings' ids, starting after `after`."""
    rows = (await db.execute(_NEXT, {"after": after, "rows": limit})).mappings()
    return [PublishedRating(**row) for row in rows]
