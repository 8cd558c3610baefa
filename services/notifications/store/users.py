"""The projection of identity's users."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Uuid, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from services.notifications.tables import users
from shared.db import Query, Transaction
from shared.inbox import UNNUMBERED, event_sequence

_BY_ID = Query(select(users).where(users.c.user_id == any_(bindparam("ids", type_=ARRAY(Uuid)))))


async def save(db: Transaction, user_id: UUID, **values: Any) -> None:
    """Stores identity's data about a user, unless newer data is known."""
    await _save(db, user_id, "last_sequence", values)


async def save_address(db: Transaction, user_id: UUID, email: str) -> None:
    """Stores a user's address, unless a newer one is known."""
    await _save(db, user_id, "address_sequence", {"email": email})


async def _save(db: Transaction, user_id: UUID, column: str, values: dict[str, Any]) -> None:
    statement = insert(users).values(user_id=user_id, **values, **{column: event_sequence()})
    stored, new = users.c[column], statement.excluded[column]
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=[users.c.user_id],
            set_={**values, column: func.greatest(stored, new)},
            where=or_(stored.is_(None), stored < new, new == UNNUMBERED),
        )
    )


async def by_id(db: Transaction, ids: Iterable[UUID]) -> dict[UUID, RowMapping]:
    """The known users among these ids."""
    rows = await db(_BY_ID, ids=list(ids))
    return {row["user_id"]: row for row in rows}


async def deactivate(db: Transaction, user_id: UUID) -> None:
    """A closed account stays closed, whatever events arrive later."""
    await db.execute(users.update().where(users.c.user_id == user_id).values(is_active=False))
