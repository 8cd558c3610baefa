"""Ratings of sessions, and replies to them."""

from __future__ import annotations

from uuid import UUID

from services.booking.domain.model import Status
from services.booking.domain.ratings import Rating, Reply
from services.booking.errors import AlreadyRated, AlreadyReplied, InvalidTransition
from services.booking.store.bookings import add_entry, entry_of, get_for_party
from services.booking.store.ratings import has_rating, insert_rating, insert_reply
from shared.auth import User
from shared.clock import now
from shared.db import Transaction
from shared.events import RatingReplied, SessionRated
from shared.outbox import emit


async def rate_session(
    db: Transaction, *, booking_id: UUID, by: User, score: int, comment: str | None
) -> Rating:
    """Rates a completed session, once. Raises NotFound, InvalidTransition, AlreadyRated."""
    booking, actor = await get_for_party(db, booking_id, by)
    if booking.status is not Status.COMPLETED:
        raise InvalidTransition(
            f"The booking is {booking.status}; only a completed one can be rated."
        )
    rating = Rating(booking.id, score, comment, now())
    if not await insert_rating(db, rating):
        raise AlreadyRated
    event = SessionRated(
        booking_id=booking.id,
        consultant_id=booking.consultant_id,
        seeker_id=booking.seeker_id,
        seeker_first_name=booking.seeker_first_name,
        score=score,
        comment=comment,
        rated_at=rating.created_at,
    )
    await add_entry(db, booking.id, entry_of(actor, event, score=score))
    await emit(db, event)
    return rating


async def reply_to_rating(db: Transaction, *, booking_id: UUID, by: User, body: str) -> Reply:
    """Replies to the rating, once. Raises NotFound, AlreadyReplied; InvalidTransition if there is
    no rating yet.
    """
    booking, actor = await get_for_party(db, booking_id, by)
    reply = Reply(body, now())
    if not await insert_reply(db, booking.id, reply):
        if await has_rating(db, booking.id):
            raise AlreadyReplied
        raise InvalidTransition(f"The booking is {booking.status}, and has not been rated.")
    event = RatingReplied(
        booking_id=booking.id,
        consultant_id=booking.consultant_id,
        seeker_id=booking.seeker_id,
        body=body,
        replied_at=reply.created_at,
    )
    await add_entry(db, booking.id, entry_of(actor, event))
    await emit(db, event)
    return reply
