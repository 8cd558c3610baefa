"""Ratings of sessions."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.booking.domain.model import Rating
from services.booking.tables import ratings

_INSERT = insert(ratings).on_conflict_do_nothing()


async def insert_rating(db: AsyncConnection, rating: Rating) -> bool:
    """Writes a rating. False where the booking has one already."""
    row = {
        "booking_id": rating.booking_id,
        "score": rating.score,
        "comment": rating.comment,
        "created_at": rating.created_at,
    }
    written = await db.execute(_INSERT, row)
    return bool(written.rowcount)
