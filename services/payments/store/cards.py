"""The saved cards of seekers, one each."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from services.payments.domain.model import SavedCard
from services.payments.domain.operations import StepKind
from services.payments.stripe_api.cards import Card
from services.payments.tables import cards, operations
from shared.db import Query, Reader, Transaction

_OWNER = Query(
    select(cards.c.user_id).where(
        cards.c.payment_method_id == bindparam("card"), cards.c.removed_at.is_(None)
    )
)
_REMOVED = Query(
    select(operations.c.params["payment_method"].as_string().label("payment_method_id")).where(
        operations.c.subject_id == bindparam("user"),
        operations.c.kind == literal_column(f"'{StepKind.DETACH}'"),
    )
)


async def get(db: Transaction, user_id: UUID) -> SavedCard | None:
    """The card that the seeker chose last, even if it was removed; None if there was never one."""
    found = await db.execute(select(cards).where(cards.c.user_id == user_id))
    row = found.mappings().one_or_none()
    return SavedCard(**row) if row is not None else None


async def saved_id(db: Transaction, user_id: UUID) -> str | None:
    """The id of the seeker's saved card; None if there is none."""
    found: str | None = await db.scalar(
        select(cards.c.payment_method_id).where(
            cards.c.user_id == user_id, cards.c.removed_at.is_(None)
        )
    )
    return found


async def owner_of(reader: Reader, payment_method_id: str) -> UUID | None:
    """The seeker whose card it is; None if it is nobody's, or was removed."""
    found: UUID | None = await reader.value(_OWNER, card=payment_method_id)
    return found


async def removed_ids(reader: Reader, user_id: UUID) -> set[str]:
    """The ids of the cards that the seeker has removed or replaced, whether or not they are
    detached at Stripe yet.
    """
    rows = await reader.rows(_REMOVED, user=user_id)
    return {row["payment_method_id"] for row in rows}


async def put(db: Transaction, user_id: UUID, card: Card, chosen_at: datetime) -> None:
    """Stores the card in place of the previous one."""
    values = {
        "payment_method_id": card.id,
        **_shown(card),
        "chosen_at": chosen_at,
        "removed_at": None,
    }
    new = insert(cards).values(user_id=user_id, **values)
    await db.execute(new.on_conflict_do_update(index_elements=["user_id"], set_=values))


async def update_shown(db: Transaction, user_id: UUID, card: Card) -> None:
    """Updates what is shown of the card, unless the seeker has another one by now."""
    same = (cards.c.user_id == user_id) & (cards.c.payment_method_id == card.id)
    await db.execute(update(cards).where(same).values(_shown(card)))


async def remove(
    db: Transaction, user_id: UUID, at: datetime, payment_method_id: str | None = None
) -> str | None:
    """Removes the card (if an id is given, only that one) as of that time, and returns the id of
    the removed card.
    """
    saved = (cards.c.user_id == user_id) & cards.c.removed_at.is_(None)
    if payment_method_id is not None:
        saved &= cards.c.payment_method_id == payment_method_id
    removed = update(cards).where(saved).values(removed_at=at)
    found: str | None = await db.scalar(removed.returning(cards.c.payment_method_id))
    return found


def _shown(card: Card) -> dict[str, Any]:
    return {
        "brand": card.brand,
        "last4": card.last4,
        "exp_month": card.exp_month,
        "exp_year": card.exp_year,
    }
