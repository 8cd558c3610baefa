"""The cards of seekers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select

from services.payments.domain.model import SavedCard
from services.payments.tables import cards
from shared.db import Query, Reader

_CARD = Query(
    select(cards).where(cards.c.user_id == bindparam("user"), cards.c.removed_at.is_(None))
)


async def card_of(reader: Reader, user_id: UUID) -> SavedCard | None:
    """The seeker's saved card; None if they have none."""
    row = await reader.row(_CARD, user=user_id)
    return SavedCard(**row) if row is not None else None


async def open_setup_of(reader: Reader, user_id: UUID, before: datetime) -> str | None:
    """The seeker's newest SetupIntent whose outcome is not known, if it was created before
    `before`.
    """
    found: str | None = await reader.value(
        "select setup_intent_id from payments.setup_intents"
        " where user_id = $1 and state = 'open' and created_at < $2 order by created_at desc"
        " limit 1",
        user_id,
        before,
    )
    return found
