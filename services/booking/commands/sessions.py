"""The session: start, end, what the clock does when nobody starts or ends it, and the rating
afterwards.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.booking.errors import AlreadyRated, InvalidTransition
from services.booking.lifecycle import Actor, Status, Verb, advance
from services.booking.policy import seconds_between
from services.booking.records import (
    HeldBooking,
    facts_of,
    hold_as_party,
    move,
    note,
    timeline_name,
)
from services.booking.tables import ratings
from shared.auth import User
from shared.clock import now
from shared.events import SessionEnded, SessionMissed, SessionRated, SessionStarted
from shared.outbox import emit

_RATE = (
    insert(ratings)
    .values(
        booking_id=bindparam("booking"),
        score=bindparam("score"),
        comment=bindparam("comment"),
        created_at=bindparam("at"),
    )
    .on_conflict_do_nothing()
)


async def start_session(
    db: AsyncConnection, *, booking_id: UUID, by: User, early: timedelta
) -> HeldBooking:
    """The session begins, at most `early` before its time and not after its end. Raises NotFound,
    InvalidTransition.
    """
    booking, actor = await hold_as_party(db, booking_id, by)
    status, at = advance(booking.status, Verb.START, actor), now()
    opens = booking.scheduled_start - early
    if not opens <= at < booking.scheduled_end:
        raise InvalidTransition(
            f"The booking is {booking.status}; its session can be started from {opens:%Y-%m-%d %H:%M:%S}"
            f" to {booking.scheduled_end:%Y-%m-%d %H:%M:%S} UTC."
        )
    event = SessionStarted(**facts_of(booking), session_start_time=at)
    return await move(db, booking, actor, event, status=status, session_start_time=at)


async def end_session(
    db: AsyncConnection, *, booking_id: UUID, by: User, overtime: timedelta
) -> HeldBooking:
    """One of the two ends the session. Beyond `overtime` after its scheduled end it was over
    already, whenever the clock gets round to saying so. Raises NotFound, InvalidTransition.
    """
    booking, actor = await hold_as_party(db, booking_id, by)
    return await _end(db, booking, actor, min(now(), booking.scheduled_end + overtime))


async def end_forgotten_session(
    db: AsyncConnection, booking: HeldBooking, *, overtime: timedelta
) -> None:
    """The clock: nobody ended the session until `overtime` after its scheduled end."""
    await _end(db, booking, Actor.SYSTEM, booking.scheduled_end + overtime)


async def _end(db: AsyncConnection, booking: HeldBooking, by: Actor, at: datetime) -> HeldBooking:
    status = advance(booking.status, Verb.END, by)
    began = booking.session_start_time
    assert began is not None  # ck_bookings_begun_has_start
    duration = seconds_between(began, at)
    billable = duration > booking.free_period_seconds
    event = SessionEnded(
        **facts_of(booking),
        session_start_time=began,
        session_end_time=at,
        duration_seconds=duration,
        billable=billable,
        ended_by=by,
    )
    said = {"duration_seconds": duration, "billable": billable}
    return await move(
        db,
        booking,
        by,
        event,
        detail=said,
        status=status,
        session_end_time=at,
        duration_seconds=duration,
    )


async def miss_session(db: AsyncConnection, booking: HeldBooking) -> None:
    """The clock: nobody started a confirmed session; the hold is let go."""
    status = advance(booking.status, Verb.MISS, Actor.SYSTEM)
    await move(db, booking, Actor.SYSTEM, SessionMissed(**facts_of(booking)), status=status)


async def rate_session(
    db: AsyncConnection, *, booking_id: UUID, by: User, score: int, comment: str | None
) -> datetime:
    """The seeker rates a completed session, once; when that was. Raises NotFound,
    InvalidTransition, AlreadyRated.
    """
    booking, actor = await hold_as_party(db, booking_id, by)
    if booking.status is not Status.COMPLETED:
        raise InvalidTransition(
            f"The booking is {booking.status}; only a completed one can be rated."
        )
    at = now()
    row = {"booking": booking.id, "score": score, "comment": comment, "at": at}
    if (await db.execute(_RATE, row)).rowcount == 0:
        raise AlreadyRated
    event = SessionRated(
        booking_id=booking.id,
        consultant_id=booking.consultant_id,
        seeker_id=booking.seeker_id,
        seeker_first_name=booking.seeker_first_name,
        score=score,
        comment=comment,
        rated_at=at,
    )
    await note(db, booking.id, actor, timeline_name(SessionRated), score=score)
    await emit(db, event)
    return at
