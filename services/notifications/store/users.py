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
from shared.deliveries import event_sequence
from shared.projections import projection

_BY_ID = Query(
    select(*(users.c[name] for name in User.__struct_fields__)).where(
        users.c.user_id == any_(bindparam("ids", type_=ARRAY(Uuid)))
    )
)
_DATA = ("role", "first_name", "last_name", "time_zone", "language", "email_verified")


def _values(*columns: str) -> dict[str, Any]:
    return {name: bindparam(name, type_=users.c[name].type) for name in columns}


_SAVE = Query(projection(users, *_DATA).values(_values("user_id", *_DATA, "last_sequence")))
# An address may come with an event that carries nothing else, so it has a sequence of its own.
_SAVE_ADDRESS = Query(
    projection(users, "email", sequence="address_sequence").values(
        _values("user_id", "email", "address_sequence")
    )
)
_DEACTIVATE = Query(
    users.update().where(users.c.user_id == bindparam("which", type_=Uuid)).values(is_active=False)
)


async def save(db: Transaction, user_id: UUID, **values: Any) -> None:
    """Stores identity's data about a user, unless newer data is known."""
    await db(_SAVE, user_id=user_id, **values, last_sequence=event_sequence())


async def save_address(db: Transaction, user_id: UUID, email: str) -> None:
    """Stores a user's address, unless a newer one is known."""
    await db(_SAVE_ADDRESS, user_id=user_id, email=email, address_sequence=event_sequence())


async def by_id(db: Transaction, ids: Iterable[UUID]) -> dict[UUID, User]:
    """The known users among these ids."""
    rows = await db(_BY_ID, ids=list(ids))
    return {row["user_id"]: User(*row) for row in rows}


async def deactivate(db: Transaction, user_id: UUID) -> None:
    """A closed account stays closed, whatever events arrive later."""
    await db(_DEACTIVATE, which=user_id)
