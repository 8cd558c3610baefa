"""Starting and ending a session, and what happens at the deadlines if a party does not come or
nobody starts or ends it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services.booking.commands.transitions import advance, transition
from services.booking.domain.lifecycle import Verb
from services.booking.domain.model import Actor, Booking
from services.booking.domain.outcome import (
    Miss,
    SessionTimes,
    absence,
    absence_is_decided,
    ending,
    unstarted,
)
from services.booking.domain.policy import seconds_between
from services.booking.errors import InvalidTransition
from services.booking.store.bookings import event_fields, get_for_party
from services.booking.store.presences import get_presence
from services.booking.store.rules import buffer_of
from services.booking.store.slots import note_free_time
from shared.auth import User
from shared.clock import now
from shared.db import Transaction
from shared.events import SessionEnded, SessionMissed, SessionStarted


async def start_session(
    db: Transaction, *, booking_id: UUID, by: User, times: SessionTimes
) -> Booking:
    """Starts the session: a little before its scheduled start at the earliest, and not after its
    end. Raises NotFound, InvalidTransition.
    """
    booking, actor = await get_for_party(db, booking_id, by)
    status, at = advance(booking, Verb.START, actor), now()
    opens = times.opens(booking)
    if not opens <= at < booking.scheduled_end:
        raise InvalidTransition(
            f"The booking is {booking.status}; its session can be started from"
            f" {opens:%Y-%m-%d %H:%M:%S} to {booking.scheduled_end:%Y-%m-%d %H:%M:%S} UTC."
        )
    started = booking.changed(status=status, session_start_time=at)
    event = SessionStarted(**event_fields(started), session_start_time=at)
    return await transition(db, booking, started, actor, event)


async def end_session(
    db: Transaction, *, booking_id: UUID, by: User, times: SessionTimes
) -> Booking:
    """Ends the session for one of its parties. After the latest end it counts as ended then, even
    if the sweep has not run yet. If the other party has not come in time, the session is missed.
    Raises NotFound, InvalidTransition.
    """
    booking, actor = await get_for_party(db, booking_id, by)
    advance(booking, Verb.END, actor)
    return await _end(db, booking, actor, min(now(), times.latest_end(booking)), times)


async def end_forgotten_session(db: Transaction, booking: Booking, *, times: SessionTimes) -> None:
    """At the deadline: ends a session that nobody has ended by its latest end."""
    await _end(db, booking, Actor.SYSTEM, times.latest_end(booking), times)


async def _end(
    db: Transaction, booking: Booking, by: Actor, at: datetime, times: SessionTimes
) -> Booking:
    presence = await get_presence(db, booking.id)
    outcome = ending(booking, presence, at, times)
    if isinstance(outcome, Miss):
        return await _miss(db, booking, outcome, at)
    began = booking.session_start_time
    assert began is not None  # ck_bookings_begun_has_start
    ended = booking.changed(
        status=advance(booking, Verb.END, by),
        session_end_time=at,
        duration_seconds=outcome.duration_seconds,
        joint_seconds=outcome.joint_seconds,
    )
    planned = booking.scheduled_end
    pause_ends = planned + await buffer_of(db, booking.consultant_id)
    # Slots within the pause are offered again, unless it is over.
    if max(pause_ends, booking.blocked_until or planned) > max(planned, at):
        await note_free_time(db, booking.consultant_id)
    event = SessionEnded(
        **event_fields(ended),
        session_start_time=began,
        session_end_time=at,
        ended_by=by,
        **msgspec.structs.asdict(outcome),
    )
    detail = msgspec.structs.asdict(outcome)
    return await transition(db, booking, ended, by, event, detail=detail)


async def miss_unstarted_session(db: Transaction, booking: Booking, *, times: SessionTimes) -> None:
    """At the deadline: a confirmed session that was not started by its latest end is missed."""
    presence = await get_presence(db, booking.id)
    await _miss(db, booking, unstarted(booking, presence, times), now())


async def miss_absent_party(db: Transaction, booking: Booking, *, times: SessionTimes) -> None:
    """At the deadline: one party has waited long enough for the other. Does nothing if the other
    has just come.
    """
    presence = await get_presence(db, booking.id)
    missed = absence(booking, presence, now(), times)
    if missed is not None:
        decided = absence_is_decided(booking)
        await _miss(db, booking, missed, max(decided, booking.session_start_time or decided))


async def _miss(db: Transaction, booking: Booking, outcome: Miss, at: datetime) -> Booking:
    """Ends a session that did not take place; one that was started ends at `at`."""
    missed = booking.changed(
        status=advance(booking, Verb.MISS, Actor.SYSTEM),
        absent=outcome.absent,
        cancellation_fee=outcome.fee,
    )
    if booking.session_start_time is not None:
        duration = seconds_between(booking.session_start_time, at)
        missed = msgspec.structs.replace(
            missed, session_end_time=at, duration_seconds=duration, joint_seconds=0
        )
    # It no longer counts towards the daily limit.
    await note_free_time(db, booking.consultant_id)
    event = SessionMissed(**event_fields(missed), absent=outcome.absent, fee=outcome.fee)
    detail: dict[str, Any] = {"absent": outcome.absent}
    if outcome.fee:
        detail |= {"fee": outcome.fee, "currency": booking.currency}
    return await transition(db, booking, missed, Actor.SYSTEM, event, detail=detail)
