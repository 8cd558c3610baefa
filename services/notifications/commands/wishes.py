"""Which mails a user wants."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.domain.kinds import Category
from services.notifications.errors import InvalidToken
from services.notifications.mail.unsubscribing import read_token
from services.notifications.store import mails
from services.notifications.tables import preferences, users


async def save_preferences(
    db: AsyncConnection, user_id: UUID, wanted: dict[Category, bool]
) -> None:
    """Keeps what is wanted; what waits to be sent and is not wanted is given up."""
    values = {str(category): wanted[category] for category in Category}
    statement = insert(preferences).values(user_id=user_id, **values)
    await db.execute(
        statement.on_conflict_do_update(index_elements=[preferences.c.user_id], set_=values)
    )
    unwanted = [category for category in Category if not wanted[category]]
    await mails.void_category(db, user_id, unwanted)


async def unsubscribe(db: AsyncConnection, token: str, *, everything: bool) -> Category:
    """Switches off the category of the token, or all; the category. Raises InvalidToken."""
    claimed = read_token(token)
    if claimed is None:
        raise InvalidToken
    found = await db.execute(
        select(users.c.unsubscribe_key).where(users.c.user_id == claimed.user_id)
    )
    key = found.scalar()
    if key is None or not claimed.is_signed_with(key):
        raise InvalidToken
    off = set(Category) if everything else {claimed.category}
    present = await current(db, claimed.user_id)
    await save_preferences(db, claimed.user_id, {c: present[c] and c not in off for c in Category})
    return claimed.category


async def current(db: AsyncConnection, user_id: UUID) -> dict[Category, bool]:
    """What a user wants, locked against a change at the same time; all where they never said."""
    statement = select(preferences).where(preferences.c.user_id == user_id).with_for_update()
    row = (await db.execute(statement)).mappings().first()
    return {category: row is None or bool(row[str(category)]) for category in Category}
