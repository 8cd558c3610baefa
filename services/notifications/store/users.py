"""The projection of identity's users."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.notifications.domain.model import User
from services.notifications.tables import users
from shared.db import Query, Transaction
from shared.inbox import event_sequence, projection

_BY_ID = Query(
    select(*(users.c[name] for name in User.__struct_fields__)).where(
        users.c.user_id == any_(bindparam("ids", type_=ARRAY(Uuid)))
    )
)
# An address may come with an event that carries nothing else, so it has a sequence of its own.
_SAVE_ADDRESS = projection(users, "email", sequence="address_sequence")


async def save(db: Transaction, user_id: UUID, **values: Any) -> None:
    """Stores identity's data about a user, unless newer data is known."""
    row = {"user_id": user_id, **values, "last_sequence": event_sequence()}
    await db.execute(projection(users, *values), row)


async def save_address(db: Transaction, user_id: UUID, email: str) -> None:
    """Stores a user's address, unless a newer one is known."""
    row = {"user_id": user_id, "email": email, "address_sequence": event_sequence()}
    await db.execute(_SAVE_ADDRESS, row)


async def by_id(db: Transaction, ids: Iterable[UUID]) -> dict[UUID, User]:
    """The known users among these ids."""
    rows = await db(_BY_ID, ids=list(ids))
    return {row["user_id"]: User(*row) for row in rows}


async def deactivate(db: Transaction, user_id: UUID) -> None:
    """A closed account stays closed, whatever events arrive later."""
    await db.execute(users.update().where(users.c.user_id == user_id).values(is_active=False))
