"""Bookings for calendar programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, or_, select

from services.booking.domain.model import Booking
from services.booking.store.bookings import BOOKINGS, booking_from
from services.booking.tables import bookings, calendar_feeds, users
from shared.db import Query, Reader
from shared.languages import Language, is_language
from shared.problems import NotFound

# Calendar programs read the whole feed repeatedly: years of history would be costly.
MAX_ENTRIES = 1000

_LANGUAGE = Query(select(users.c.language).where(users.c.id == bindparam("user_id")))
_OWNER = Query(
    select(calendar_feeds.c.user_id, users.c.language)
    .join_from(calendar_feeds, users, users.c.id == calendar_feeds.c.user_id, isouter=True)
    .where(
        calendar_feeds.c.token_hash == bindparam("token_hash"),
        # Of a closed account, even if the feed was made with a token that outlived it.
        users.c.is_active.is_not(False),
    )
)
_user_id = bindparam("user_id", type_=bookings.c.seeker_id.type)
_BOOKINGS = Query(
    BOOKINGS.where(or_(bookings.c.seeker_id == _user_id, bookings.c.consultant_id == _user_id))
    .order_by(bookings.c.id.desc())
    .limit(MAX_ENTRIES)
)


class Feed(NamedTuple):
    """The newest bookings of a user, and the language that they have chosen."""

    user_id: UUID
    language: Language | None
    bookings: Sequence[Booking]


async def language_of(reader: Reader, user_id: UUID) -> Language | None:
    """The language that a user has chosen."""
    return _known(await reader.row(_LANGUAGE, user_id=user_id))


def _known(row: Any) -> Language | None:
    """None also for a language that only another version supports."""
    language = row["language"] if row is not None else None
    return language if is_language(language) else None


async def feed_of(reader: Reader, token_hash: bytes) -> Feed:
    """The feed with this token. Raises NotFound, also when its owner's account is closed."""
    owner = await reader.row(_OWNER, token_hash=token_hash)
    if owner is None:
        raise NotFound
    user_id: UUID = owner["user_id"]
    rows = await reader.rows(_BOOKINGS, user_id=user_id)
    return Feed(user_id, _known(owner), [booking_from(row) for row in rows])
