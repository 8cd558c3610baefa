"""Each user's event stream: rows with ids that grow by one, in the order of their commits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.tables import ended_sessions, stream_events
from shared.clock import now
from shared.ids import new_id

# The row of a user is locked until the commit, so that nobody sees a later id before an earlier
# one; always in one order, so that two transactions do not wait for each other.
_NEXT = text("""
    insert into notifications.stream_positions (user_id, last_id)
    select u.user_id, u.count
    from unnest(cast(:users as uuid[]), cast(:counts as bigint[])) u (user_id, count)
    order by u.user_id
    on conflict (user_id) do update
        set last_id = notifications.stream_positions.last_id + excluded.last_id
    returning user_id, last_id
""")


class Added(msgspec.Struct, frozen=True):
    """An event for one user's stream; `data` gets its id when it is written."""

    user_id: UUID
    event: str
    data: dict[str, Any]


async def add(db: AsyncConnection, events: Sequence[Added]) -> None:
    """Writes events to their users' streams, in the given order."""
    if not events:
        return
    counts = Counter(event.user_id for event in events)
    users = sorted(counts)
    given = {"users": users, "counts": [counts[user] for user in users]}
    last = {row.user_id: row.last_id for row in await db.execute(_NEXT, given)}
    following = {user: last[user] - counts[user] for user in users}
    at, rows = now(), []
    for event in events:
        following[event.user_id] += 1
        id = following[event.user_id]
        data = msgspec.json.encode({"id": id, **event.data}).decode()
        rows.append(
            {
                "user_id": event.user_id,
                "id": id,
                "event": event.event,
                "data": data,
                "created_at": at,
            }
        )
    await db.execute(insert(stream_events), rows)


async def end_sessions(
    db: AsyncConnection, user_id: UUID, session_ids: list[str] | None, kept: str | None
) -> None:
    """Notes that sessions have ended: those named, or where none is named all but `kept`."""
    at = now()
    named: Sequence[str | None] = session_ids if session_ids is not None else (None,)
    rows = [
        {
            "id": new_id(),
            "user_id": user_id,
            "session_id": session_id,
            "except_session_id": kept if session_id is None else None,
            "ended_at": at,
        }
        for session_id in named
    ]
    if rows:
        await db.execute(insert(ended_sessions), rows)
