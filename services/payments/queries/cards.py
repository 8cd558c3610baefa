"""The cards of seekers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, literal_column, select

from services.payments.domain.model import SavedCard
from services.payments.tables import cards, setup_intents
from shared.db import Query, Reader

_CARD = Query(
    select(cards).where(cards.c.user_id == bindparam("user"), cards.c.removed_at.is_(None))
)
_OPEN_SETUP = Query(
    select(setup_intents.c.setup_intent_id)
    .where(
        setup_intents.c.user_id == bindparam("user"),
        setup_intents.c.state == literal_column("'open'"),
        setup_intents.c.created_at < bindparam("before"),
    )
    .order_by(setup_intents.c.created_at.desc())
    .limit(literal_column("1"))
)


async def card_of(reader: Reader, user_id: UUID) -> SavedCard | None:
    """The seeker's saved card; None if they have none."""
    row = await reader.row(_CARD, user=user_id)
    return SavedCard(**row) if row is not None else None


async def open_setup_of(reader: Reader, user_id: UUID, before: datetime) -> str | None:
    """The seeker's newest SetupIntent whose outcome is not known, if it was created before
    `before`.
    """
    found: str | None = await reader.value(_OPEN_SETUP, user=user_id, before=before)
    return found
