"""Ended sessions, whose streams must be closed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from services.notifications.tables import ended_sessions
from shared.clock import now
from shared.db import Transaction
from shared.ids import new_id


async def end_sessions(
    db: Transaction, user_id: UUID, session_ids: list[str] | None, kept: str | None
) -> None:
    """Records that sessions have ended: those named, or if none is named, all but `kept`."""
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
