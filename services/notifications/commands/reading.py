"""Marking notifications as read."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.store import lists


async def mark_read(
    db: AsyncConnection, user_id: UUID, *, ids: list[UUID] | None, up_to: UUID | None
) -> None:
    """Marks these notifications as read, or the one with id `up_to` and all before it."""
    await lists.mark_read(db, user_id, ids=ids, up_to=up_to)
