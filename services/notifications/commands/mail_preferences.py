"""Mail preferences of a user."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.domain.kind import Category
from services.notifications.errors import InvalidToken
from services.notifications.mail.unsubscribing import read_token
from services.notifications.store import mails, preferences, users


async def save_preferences(
    db: AsyncConnection, user_id: UUID, wanted: preferences.WantedCategories
) -> None:
    """Stores the preferences, and voids pending mails that are no longer wanted."""
    await preferences.save(db, user_id, wanted)
    unwanted = [category for category in Category if not wanted[category]]
    await mails.void_category(db, user_id, unwanted)


async def unsubscribe(db: AsyncConnection, token: str, *, everything: bool) -> Category:
    """Switches off the token's category, or all, and returns the category. Raises InvalidToken."""
    claimed = read_token(token)
    if claimed is None:
        raise InvalidToken
    user = (await users.by_id(db, [claimed.user_id])).get(claimed.user_id)
    if user is None or not claimed.is_signed_with(user["unsubscribe_key"]):
        raise InvalidToken
    off = set(Category) if everything else {claimed.category}
    present = await preferences.get(db, claimed.user_id, locked=True)
    wanted = {category: on and category not in off for category, on in present.items()}
    await save_preferences(db, claimed.user_id, wanted)
    return claimed.category
