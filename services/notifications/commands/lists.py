"""Users' notification lists."""

from __future__ import annotations

from uuid import UUID

from services.notifications.store import lists
from shared.db import Transaction


async def mark_read(
    db: Transaction, user_id: UUID, *, ids: list[UUID] | None, up_to: UUID | None
) -> None:
    """Marks these notifications as read, or the one with id `up_to` and all before it."""
    await lists.mark_read(db, user_id, ids=ids, up_to=up_to)
