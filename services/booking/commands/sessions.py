"""The session: start, end, what the clock does when nobody starts or ends it, and the rating
afterwards.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.booking.commands.transitions import advance
from services.booking.domain.lifecycle import Verb
from services.booking.domain.model import Actor, Booking, Rating, Status
from services.booking.domain.policy import seconds_between
from services.booking.errors import AlreadyRated, InvalidTransition
from services.booking.store.bookings import (
    add_entry,
    apply_transition,
    event_fields,
    event_name,
    get_for_party,
)
from services.booking.store.ratings import insert_rating
from shared.auth import User
from shared.clock import now
from shared.events import SessionEnded, SessionMissed, SessionRated, SessionStarted
from shared.outbox import emit


async def start_session(
    db: AsyncConnection, *, booking_id: UUID, by: User, early: timedelta
) -> Booking:
    """The session begins, at most `early` before its time and not after its end. Raises NotFound,
    InvalidTransition.
    """
    booking, actor = await get_for_party(db, booking_id, by)
    status, at = advance(booking, Verb.START, actor), now()
    opens = booking.scheduled_start - early
    if not opens <= at < booking.scheduled_end:
        raise InvalidTransition(
            f"The booking is {booking.status}; its session can be started from"
            f" {opens:%Y-%m-%d %H:%M:%S} to {booking.scheduled_end:%Y-%m-%d %H:%M:%S} UTC."
        )
    started = booking.changed(status=status, session_start_time=at)
    event = SessionStarted(**event_fields(started), session_start_time=at)
    return await apply_transition(db, booking, started, actor, event)


async def end_session(
    db: AsyncConnection, *, booking_id: UUID, by: User, overtime: timedelta
) -> Booking:
    """One of the parties ends the session. Beyond `overtime` after its scheduled end it was over
    already, whenever the sweep gets round to it. Raises NotFound, InvalidTransition.
    """
    booking, actor = await get_for_party(db, booking_id, by)
    return await _end(db, booking, actor, min(now(), booking.scheduled_end + overtime))


async def end_forgotten_session(
    db: AsyncConnection, booking: Booking, *, overtime: timedelta
) -> None:
    """The clock: nobody ended the session until `overtime` after its scheduled end."""
    await _end(db, booking, Actor.SYSTEM, booking.scheduled_end + overtime)


async def _end(db: AsyncConnection, booking: Booking, by: Actor, at: datetime) -> Booking:
    status = advance(booking, Verb.END, by)
    began = booking.session_start_time
    assert began is not None  # ck_bookings_begun_has_start
    duration = seconds_between(began, at)
    billable = duration > booking.free_period_seconds
    ended = booking.changed(status=status, session_end_time=at, duration_seconds=duration)
    event = SessionEnded(
        **event_fields(ended),
        session_start_time=began,
        session_end_time=at,
        duration_seconds=duration,
        billable=billable,
        ended_by=by,
    )
    detail = {"duration_seconds": duration, "billable": billable}
    return await apply_transition(db, booking, ended, by, event, detail=detail)


async def miss_session(db: AsyncConnection, booking: Booking) -> None:
    """The clock: nobody started a confirmed session; the hold is released."""
    missed = booking.changed(status=advance(booking, Verb.MISS, Actor.SYSTEM))
    event = SessionMissed(**event_fields(missed))
    await apply_transition(db, booking, missed, Actor.SYSTEM, event)


async def rate_session(
    db: AsyncConnection, *, booking_id: UUID, by: User, score: int, comment: str | None
) -> Rating:
    """The seeker rates a completed session, once. Raises NotFound, InvalidTransition,
    AlreadyRated.
    """
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
    await add_entry(db, booking.id, actor, event_name(SessionRated), score=score)
    await emit(db, event)
    return rating
