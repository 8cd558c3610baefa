"""Publishes free time and ratings again, for services that have lost events about them."""

from __future__ import annotations

from uuid import UUID

from services.booking.domain.ratings import PublishedRating
from services.booking.store import free_time
from services.booking.store.ratings import next_ratings
from shared.db import Database
from shared.events import RatingReplied, SessionRated
from shared.outbox import emit

ANNOUNCED_AT_ONCE = 200


async def announce_free_time(database: Database, after: UUID) -> list[UUID]:
    """Queues the free time of the next consultants in order of their ids, starting after `after`,
    and returns these ids; an empty list if there are no more.
    """
    async with database.transaction() as db:
        return await free_time.queue_next(db, after, ANNOUNCED_AT_ONCE)


async def announce_ratings(database: Database, after: UUID) -> list[UUID]:
    """Publishes the next ratings, with their replies, in order of their bookings' ids, starting
    after `after`, and returns these ids; an empty list if there are no more.
    """
    async with database.transaction() as db:
        ratings = await next_ratings(db, after, ANNOUNCED_AT_ONCE)
        await emit(db, *(event for rating in ratings for event in _events_of(rating)))
    return [rating.booking_id for rating in ratings]


def _events_of(rating: PublishedRating) -> list[SessionRated | RatingReplied]:
    rated = SessionRated(
        booking_id=rating.booking_id,
        consultant_id=rating.consultant_id,
        seeker_id=rating.seeker_id,
        seeker_first_name=rating.seeker_first_name,
        score=rating.score,
        comment=rating.comment,
        rated_at=rating.created_at,
        republished=True,
    )
    if rating.reply is None or rating.replied_at is None:
        return [rated]
    replied = RatingReplied(
        booking_id=rating.booking_id,
        consultant_id=rating.consultant_id,
        seeker_id=rating.seeker_id,
        body=rating.reply,
        replied_at=rating.replied_at,
        republished=True,
    )
    return [rated, replied]
