"""What a user has seen of what they were told."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.store import lists


async def mark_read(
    db: AsyncConnection, user_id: UUID, *, ids: list[UUID] | None, up_to: UUID | None
) -> None:
    """Marks these notifications, or that one and all before it, as read."""
    await lists.mark_read(db, user_id, ids=ids, up_to=up_to)
