"""Mail preferences; without a row, all categories are on."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services.notifications.domain.model import Category
from services.notifications.tables import preferences
from shared.db import Transaction

WantedCategories = dict[Category, bool]


async def get(db: Transaction, user_id: UUID, *, locked: bool = False) -> WantedCategories:
    """A user's preferences; `locked` prevents concurrent changes."""
    statement = select(preferences).where(preferences.c.user_id == user_id)
    found = await db.execute(statement.with_for_update() if locked else statement)
    row = found.mappings().first()
    return {category: row is None or bool(row[str(category)]) for category in Category}


async def save(db: Transaction, user_id: UUID, wanted: WantedCategories) -> None:
    """Stores a user's preferences."""
    values = {str(category): wanted[category] for category in Category}
    statement = insert(preferences).values(user_id=user_id, **values)
    await db.execute(
        statement.on_conflict_do_update(index_elements=[preferences.c.user_id], set_=values)
    )
