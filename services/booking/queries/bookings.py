"""Bookings, the consequences of cancelling one, and its timeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    BigInteger,
    String,
    Uuid,
    any_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)

from services.booking.domain.cancellations import cancellation
from services.booking.domain.model import Actor, Booking, Cancellation, Status, TimelineEntry
from services.booking.domain.outcome import SessionTimes
from services.booking.domain.presence import Presence
from services.booking.domain.ratings import Rating, Reply
from services.booking.store.bookings import BOOKING_COLUMNS, booking_from, with_users
from services.booking.store.presences import presence_from
from services.booking.tables import bookings, presences, ratings, timeline
from shared.auth import User
from shared.clock import now
from shared.db import Query, Reader
from shared.ids import LAST_ID
from shared.paging import Page, decode_cursor, decode_id, page
from shared.problems import NotFound

BookingAndRating = tuple[Booking, Rating | None]

_bookings = select(
    *BOOKING_COLUMNS,
    ratings.c.score.label("rating_score"),
    ratings.c.comment.label("rating_comment"),
    ratings.c.created_at.label("rated_at"),
    ratings.c.reply.label("rating_reply"),
    ratings.c.replied_at.label("replied_at"),
).select_from(with_users.outerjoin(ratings, ratings.c.booking_id == bookings.c.id))
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
PRESENCE = Query(select(presences).where(presences.c.booking_id == bindparam("booking_id")))
BOOKING = Query(_bookings.where(bookings.c.id == bindparam("booking_id"), _is_party))


async def bookings_of(
    reader: Reader,
    user_id: UUID,
    role: Actor,
    statuses: Sequence[Status],
    limit: int,
    cursor: str | None,
) -> Page[BookingAndRating]:
    """A user's bookings as seeker or as consultant, newest first; if `statuses` are given, only
    those.
    """
    scope = ",".join(("bookings", str(user_id), role, *sorted(statuses)))
    before = decode_id(cursor, scope, LAST_ID)
    rows = await reader.rows(
        BOOKINGS_OF[role],
        user_id=user_id,
        statuses=list(statuses or Status),
        before_id=before,
        rows=limit + 1,
    )
    return page([_with_rating(row) for row in rows], limit, lambda found: (found[0].id,), scope)


async def booking_for(reader: Reader, booking_id: UUID, user: User) -> BookingAndRating:
    """One booking, for one of its parties. Raises NotFound."""
    row = await reader.row(BOOKING, booking_id=booking_id, user_id=user.id)
    if row is None:
        raise NotFound
    return _with_rating(row)


_RATING_FIELDS = ("rating_score", "rating_comment", "rated_at", "rating_reply", "replied_at")


def _with_rating(row: Any) -> BookingAndRating:
    fields = dict(row)
    score, comment, at, reply, replied_at = (fields.pop(name) for name in _RATING_FIELDS)
    if score is None:
        return booking_from(fields), None
    answer = Reply(reply, replied_at) if reply is not None else None
    return booking_from(fields), Rating(fields["id"], score, comment, at, answer)


async def presence_for(
    reader: Reader, booking_id: UUID, user: User
) -> tuple[Booking, Presence | None]:
    """A booking of `user` and the presence in its session. Raises NotFound."""
    booking, _ = await booking_for(reader, booking_id, user)
    row = await reader.row(PRESENCE, booking_id=booking_id)
    return booking, presence_from(row) if row is not None else None


async def cancellation_for(
    reader: Reader, booking_id: UUID, user: User, times: SessionTimes
) -> Cancellation:
    """The consequences if `user` cancelled the booking now. Raises NotFound."""
    booking, presence = await presence_for(reader, booking_id, user)
    by = booking.role_of(user.id)
    assert by is not None  # `presence_for` finds bookings of this user only
    return cancellation(booking, by, presence, now(), times)


# ---- timeline

# The payment's events arrive in any order, and the entry about one stands before those about newer
# ones: its `place` is the position of the first of them that was written, or its own.
_place = func.min(timeline.c.position).over(
    partition_by=case((timeline.c.sequence.is_(None), timeline.c.position)),
    order_by=timeline.c.sequence.desc(),
)
_sequence = func.coalesce(timeline.c.sequence, literal_column("0"))
_entries = (
    select(
        *(timeline.c[name] for name in ("booking_id", "at", "actor", "event", "detail")),
        _place.label("place"),
        _sequence.label("sequence"),
    )
    .where(timeline.c.booking_id == bindparam("booking_id"))
    .subquery()
)
_order = (_entries.c.place, _entries.c.sequence)
TIMELINE = Query(
    select(_entries)
    .join(bookings, bookings.c.id == _entries.c.booking_id)
    .where(
        tuple_(*_order)
        > tuple_(
            bindparam("after_place", type_=BigInteger),
            bindparam("after_sequence", type_=BigInteger),
        ),
        _is_party,
    )
    .order_by(*_order)
    .limit(bindparam("rows"))
)


async def timeline_for(
    reader: Reader, booking_id: UUID, user: User, limit: int, cursor: str | None
) -> Page[TimelineEntry]:
    """The timeline of a booking, oldest first, for one of its parties. Raises NotFound."""
    scope = f"timeline,{booking_id}"
    place, sequence = decode_cursor(cursor, (int, int), scope) if cursor is not None else (0, 0)
    rows = await reader.rows(
        TIMELINE,
        booking_id=booking_id,
        user_id=user.id,
        after_place=place,
        after_sequence=sequence,
        rows=limit + 1,
    )
    if not rows:
        await booking_for(reader, booking_id, user)  # no more entries, or somebody else's booking
    return page(rows, limit, lambda row: (row["place"], row["sequence"]), scope).map(_entry)


def _entry(row: Any) -> TimelineEntry:
    detail = msgspec.json.decode(row["detail"])
    return TimelineEntry(Actor(row["actor"]), row["event"], detail, row["at"])
