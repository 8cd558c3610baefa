"""Users' notification lists."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update

from services.notifications.tables import notifications as n
from shared.clock import now
from shared.db import Transaction


async def mark_read(
    db: Transaction, user_id: UUID, *, ids: list[UUID] | None, up_to: UUID | None
) -> None:
    """Marks these notifications as read, or `up_to` and all before it. Notifications of other
    users, and those already read, are unchanged.
    """
    mine = update(n).where(n.c.user_id == user_id, n.c.read_at.is_(None))
    chosen = n.c.id.in_(ids) if ids is not None else n.c.id <= up_to
    await db.execute(mine.where(chosen).values(read_at=now()))
