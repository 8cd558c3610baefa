"""The queries of streams: one statement each, for all waiting users."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Uuid, bindparam, func, select

from services.notifications import tables
from services.notifications.streams.stream import SessionEnd
from shared.clock import now
from shared.db import Database, Query, Reader

# The maximum validity of a token, and a little more: sessions that ended earlier have no streams.
SESSIONS_REMEMBERED = timedelta(hours=1)
_AFTER = """
    select s.user_id, s.id, s.event, s.data
    from unnest($1::uuid[], $2::bigint[]) w (user_id, last_id)
    join lateral (
        select * from notifications.stream_events e
        where e.user_id = w.user_id and e.id > w.last_id order by e.id limit $3
    ) s on true
    order by s.user_id, s.id
"""
_session = tables.ended_sessions.c
_ENDED = Query(
    select(
        _session.user_id, _session.session_id, _session.except_session_id, _session.ended_at
    ).where(
        _session.user_id == func.any(bindparam("users", type_=ARRAY(Uuid))),
        _session.ended_at > bindparam("since"),
    )
)
_position = tables.stream_positions.c
_POSITION = Query(
    select(_position.last_id, _position.oldest_id).where(_position.user_id == bindparam("user_id"))
)


class StoredEvent(msgspec.Struct, frozen=True):
    """An event of a user's stream: its id within the stream, its name and its JSON content."""

    user_id: UUID
    id: int
    event: str
    data: str


async def events_after(
    database: Database, waiting: Mapping[UUID, int], limit: int
) -> list[StoredEvent]:
    """The events of these users after their last ids, in order; at most `limit` of each."""
    rows = await database.reader.rows(_AFTER, list(waiting), list(waiting.values()), limit)
    return [StoredEvent(**row) for row in rows]


async def ended_sessions(database: Database, users: list[UUID]) -> list[SessionEnd]:
    """The recently ended sessions of these users."""
    return await _ended(database.reader, users) if users else []


async def ended_sessions_of(reader: Reader, user_id: UUID) -> list[SessionEnd]:
    """The recently ended sessions of one user."""
    return await _ended(reader, [user_id])


async def _ended(reader: Reader, users: list[UUID]) -> list[SessionEnd]:
    rows = await reader.rows(_ENDED, users=users, since=now() - SESSIONS_REMEMBERED)
    return [SessionEnd(**row) for row in rows]


async def position_of(reader: Reader, user_id: UUID) -> tuple[int, int]:
    """The last id of a user's stream, and the oldest that is still stored."""
    row = await reader.row(_POSITION, user_id=user_id)
    return (row["last_id"], row["oldest_id"]) if row is not None else (0, 1)
