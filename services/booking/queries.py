"""What screens show: one statement each, read without locks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, DateTime, String, Uuid, any_, bindparam, exists, or_, select, tuple_

from services.booking.lifecycle import Actor, Status, Verb, target
from services.booking.records import HELD_COLUMNS, HeldBooking, held, with_parties
from services.booking.schemas import Booking, Cancellation, Rating, Slot, TimelineEntry, booking_of
from services.booking.tables import availability_slots, bookings, parties, ratings, timeline
from shared.auth import User
from shared.clock import EARLIEST, LATEST, now
from shared.db import Query, Reader
from shared.paging import Page, decode_cursor, page
from shared.problems import NotFound

FIRST_ID, LAST_ID = UUID(int=0), UUID(int=2**128 - 1)

# ---- availability

_instant = DateTime(timezone=True)
_after = tuple_(bindparam("after_start", type_=_instant), bindparam("after_id", type_=Uuid()))
_slots = (
    select(*(availability_slots.c[name] for name in Slot.__struct_fields__))
    .where(
        availability_slots.c.consultant_id == bindparam("consultant_id"),
        availability_slots.c.start_time >= bindparam("from_", type_=_instant),
        availability_slots.c.start_time < bindparam("to", type_=_instant),
        tuple_(availability_slots.c.start_time, availability_slots.c.id) > _after,
    )
    .order_by(availability_slots.c.start_time, availability_slots.c.id)
    .limit(bindparam("rows"))
)
_closed_account = exists().where(parties.c.id == bindparam("consultant_id"), ~parties.c.is_active)
OWN_SLOTS = Query(_slots)
FREE_SLOTS = Query(_slots.where(~availability_slots.c.is_booked, ~_closed_account))


async def own_slots(
    reader: Reader,
    consultant_id: UUID,
    from_: datetime | None,
    to: datetime | None,
    limit: int,
    cursor: str | None,
) -> Page[Slot]:
    """All that a consultant offers or has offered, by time; those that start in [from_, to)."""
    return await _slot_page(
        reader, OWN_SLOTS, consultant_id, from_ or EARLIEST, to or LATEST, limit, cursor
    )


async def free_slots(
    reader: Reader,
    consultant_id: UUID,
    from_: datetime | None,
    to: datetime | None,
    limit: int,
    cursor: str | None,
) -> Page[Slot]:
    """What can still be booked with a consultant, by time; those that start in [from_, to). Nobody
    known: an empty page.
    """
    soonest = max(from_ or EARLIEST, now())
    return await _slot_page(reader, FREE_SLOTS, consultant_id, soonest, to or LATEST, limit, cursor)


async def _slot_page(
    reader: Reader,
    query: Query,
    consultant_id: UUID,
    from_: datetime,
    to: datetime,
    limit: int,
    cursor: str | None,
) -> Page[Slot]:
    start, id_ = (
        decode_cursor(cursor, (datetime, UUID)) if cursor is not None else (EARLIEST, FIRST_ID)
    )
    rows = await reader.rows(
        query,
        consultant_id=consultant_id,
        from_=from_,
        to=to,
        after_start=start,
        after_id=id_,
        rows=limit + 1,
    )
    return page([Slot(*row) for row in rows], limit, lambda slot: (slot.start_time, slot.id))


# ---- bookings

_bookings = select(
    *HELD_COLUMNS,
    ratings.c.score.label("rating_score"),
    ratings.c.comment.label("rating_comment"),
    ratings.c.created_at.label("rated_at"),
).select_from(with_parties.outerjoin(ratings, ratings.c.booking_id == bookings.c.id))
_user_id = bindparam("user_id", type_=Uuid())
_is_party = or_(bookings.c.seeker_id == _user_id, bookings.c.consultant_id == _user_id)
_list = (
    _bookings.where(
        bookings.c.id < bindparam("before_id"),
        bookings.c.status == any_(bindparam("statuses", type_=ARRAY(String))),
    )
    .order_by(bookings.c.id.desc())
    .limit(bindparam("rows"))
)
BOOKINGS_OF = {
    Actor.SEEKER: Query(_list.where(bookings.c.seeker_id == _user_id)),
    Actor.CONSULTANT: Query(_list.where(bookings.c.consultant_id == _user_id)),
}
BOOKING = Query(_bookings.where(bookings.c.id == bindparam("booking_id"), _is_party))


async def bookings_of(
    reader: Reader,
    user_id: UUID,
    role: Actor,
    statuses: Sequence[Status],
    limit: int,
    cursor: str | None,
) -> Page[Booking]:
    """A user's bookings as seeker or as consultant, the newest first; in one of `statuses`, if any
    are given.
    """
    scope = ",".join((role, *sorted(statuses)))
    (before,) = decode_cursor(cursor, (UUID,), scope) if cursor is not None else (LAST_ID,)
    rows = await reader.rows(
        BOOKINGS_OF[role],
        user_id=user_id,
        statuses=list(statuses or Status),
        before_id=before,
        rows=limit + 1,
    )
    return page([_booking_from(row) for row in rows], limit, lambda booking: (booking.id,), scope)


async def booking_for(reader: Reader, booking_id: UUID, user: User) -> Booking:
    """One booking, for one of its people. Raises NotFound."""
    row = await reader.row(BOOKING, booking_id=booking_id, user_id=user.id)
    if row is None:
        raise NotFound
    return _booking_from(row)


def _booking_from(row: Any) -> Booking:
    booking, rating = _split(row)
    return booking_of(booking, rating)


def _split(row: Any) -> tuple[HeldBooking, Rating | None]:
    fields = dict(row)
    score, comment, at = (
        fields.pop(name) for name in ("rating_score", "rating_comment", "rated_at")
    )
    return held(fields), Rating(fields["id"], score, comment, at) if score is not None else None


async def cancellation_for(reader: Reader, booking_id: UUID, user: User) -> Cancellation:
    """What it would mean if `user` called the booking off now. Raises NotFound."""
    row = await reader.row(BOOKING, booking_id=booking_id, user_id=user.id)
    if row is None:
        raise NotFound
    booking, _ = _split(row)
    by, at = booking.role_of(user), now()
    can_cancel = target(booking.status, Verb.CANCEL, by) is not None
    fee = booking.fee_if_cancelled(by, at) if can_cancel else 0
    is_held = can_cancel and booking.payment_status == "authorized"
    ahead = can_cancel and by is Actor.SEEKER and booking.free_until > at
    return Cancellation(
        can_cancel=can_cancel,
        fee=fee,
        returned=booking.amount - fee if is_held else 0,
        currency=booking.currency,
        free_until=booking.free_until if ahead else None,
        policy=_policy_in_words(booking, by, can_cancel),
    )


def _policy_in_words(booking: HeldBooking, by: Actor, can_cancel: bool) -> str:
    if not can_cancel:
        return f"The booking is {booking.status}; it can no longer be cancelled."
    if by is Actor.CONSULTANT:
        return "The consultant can cancel until the session starts; the seeker then pays nothing."
    return (
        f"Free until the booking is confirmed, and then until {booking.cancel_free_seconds // 3600} hours before the start;"
        f" later, {booking.late_cancel_bps / 100:g} % of the price is due."
    )


# ---- timeline

_entries = (
    select(
        timeline.c.position, timeline.c.at, timeline.c.actor, timeline.c.event, timeline.c.detail
    )
    .join(bookings, bookings.c.id == timeline.c.booking_id)
    .where(
        timeline.c.booking_id == bindparam("booking_id"),
        timeline.c.position > bindparam("after"),
        _is_party,
    )
    .order_by(timeline.c.position)
    .limit(bindparam("rows"))
)
TIMELINE = Query(_entries)


async def timeline_for(
    reader: Reader, booking_id: UUID, user: User, limit: int, cursor: str | None
) -> Page[TimelineEntry]:
    """What happened to a booking, the oldest first, for one of its people. Raises NotFound."""
    (after,) = decode_cursor(cursor, (int,)) if cursor is not None else (0,)
    rows = await reader.rows(
        TIMELINE, booking_id=booking_id, user_id=user.id, after=after, rows=limit + 1
    )
    if not rows:
        await booking_for(reader, booking_id, user)  # nothing further, or not theirs to see
    shown = page(rows, limit, lambda row: (row["position"],))
    return Page([_entry(row) for row in shown.items], shown.next_cursor)


def _entry(row: Any) -> TimelineEntry:
    return TimelineEntry(
        row["at"], Actor(row["actor"]), row["event"], msgspec.json.decode(row["detail"])
    )
