"""Reads of notifications."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, func, literal_column, select, true

from services.notifications.domain.model import Category, ListedNotification
from services.notifications.mail.unsubscribe_tokens import Claimed
from services.notifications.tables import mails, preferences, users
from services.notifications.tables import notifications as n
from shared.db import Query, Reader
from shared.paging import Page, decode_cursor, page

_COLUMNS = (n.c.id, n.c.type, n.c.at, n.c.title, n.c.body, n.c.link, n.c.read_at)


def _listing(*conditions: Any) -> Query:
    mine = n.c.user_id == bindparam("user_id", type_=Uuid)
    statement = select(*_COLUMNS).where(mine, *conditions).order_by(n.c.id.desc())
    return Query(statement.limit(bindparam("limit", type_=Integer)))


_BEFORE = n.c.id < bindparam("before", type_=Uuid)
_UNREAD = n.c.read_at.is_(None)
_LISTS = {
    (unread, before): _listing(
        _UNREAD if unread else true(),
        _BEFORE if before else true(),
    )
    for unread in (False, True)
    for before in (False, True)
}
_COUNT = Query(select(func.count()).where(n.c.user_id == bindparam("user_id", type_=Uuid), _UNREAD))

_DUE_MAILS = Query(
    select(func.count().label("number"), func.min(mails.c.due_at).label("since")).where(
        mails.c.state == literal_column("'due'"), mails.c.due_at <= func.now()
    )
)


async def notifications_of(
    reader: Reader, user_id: UUID, *, unread: bool, limit: int, cursor: str | None
) -> Page[ListedNotification]:
    """A user's notifications, newest first."""
    scope = f"notifications unread={unread} {user_id}"
    given: dict[str, Any] = {"user_id": user_id, "limit": limit + 1}
    if cursor is not None:
        (given["before"],) = decode_cursor(cursor, [UUID], scope)
    rows = await reader.rows(_LISTS[unread, cursor is not None], **given)
    return page(
        [ListedNotification(**row) for row in rows], limit, lambda shown: [str(shown.id)], scope
    )


async def unread_count(reader: Reader, user_id: UUID) -> int:
    """The number of a user's unread notifications."""
    count: int = await reader.value(_COUNT, user_id=user_id)
    return count


_LANGUAGE = Query(
    select(users.c.language, users.c.unsubscribe_key).where(
        users.c.user_id == bindparam("user_id", type_=Uuid)
    )
)


async def language_of(reader: Reader, claimed: Claimed) -> str | None:
    """The language that the owner of an unsubscribe token has chosen; None if they have not, or if
    the token is forged.
    """
    row = await reader.row(_LANGUAGE, user_id=claimed.user_id)
    if row is None or not claimed.is_signed_with(row["unsubscribe_key"]):
        return None
    language: str | None = row["language"]
    return language


_PREFERENCES = Query(
    select(preferences).where(preferences.c.user_id == bindparam("user_id", type_=Uuid))
)


async def preferences_of(reader: Reader, user_id: UUID) -> dict[Category, bool]:
    """Which categories of mail a user wants; all if they never chose."""
    row = await reader.row(_PREFERENCES, user_id=user_id)
    return {category: row is None or row[str(category)] for category in Category}


async def due_mails(reader: Reader) -> tuple[int, datetime | None]:
    """How many mails are due and not sent, and since when the oldest is."""
    (row,) = await reader.rows(_DUE_MAILS)
    return row["number"], row["since"]
