"""Mail preferences of a user."""

from __future__ import annotations

from uuid import UUID

import msgspec

from services.notifications.domain.model import Category
from services.notifications.errors import InvalidToken
from services.notifications.mail.unsubscribe_tokens import read_token
from services.notifications.store import preferences, users
from shared.db import Transaction


class Unsubscribed(msgspec.Struct, frozen=True):
    """What was switched off, and the language that the user has chosen."""

    category: Category
    language: str | None


async def save_preferences(
    db: Transaction, user_id: UUID, wanted: preferences.WantedCategories
) -> None:
    """Stores the preferences, which are checked when a mail is sent: pending mails of a category
    that is switched off and on again, such as reminders, are still sent.
    """
    await preferences.save(db, user_id, wanted)


async def unsubscribe(db: Transaction, token: str, *, everything: bool) -> Unsubscribed:
    """Switches off the token's category, or all. Raises InvalidToken."""
    claimed = read_token(token)
    if claimed is None:
        raise InvalidToken
    user = (await users.by_id(db, [claimed.user_id])).get(claimed.user_id)
    if user is None or not claimed.is_signed_with(user.unsubscribe_key):
        raise InvalidToken
    off = set(Category) if everything else {claimed.category}
    present = await preferences.get(db, claimed.user_id, locked=True)
    wanted = {category: on and category not in off for category, on in present.items()}
    await save_preferences(db, claimed.user_id, wanted)
    return Unsubscribed(claimed.category, user.language)
