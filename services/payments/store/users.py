"""Projection of users, from events of identity."""

from __future__ import annotations

from uuid import UUID

import msgspec
from sqlalchemy import bindparam, select

from services.payments.tables import users
from shared.db import Query, Reader, Transaction
from shared.deliveries import event_sequence
from shared.events import UserEvent
from shared.projections import projection

_SAVE_USER = projection(users, "role", "first_name", "last_name", "email", "email_verified")
_ADDRESS = Query(
    select(users.c.email, users.c.email_verified).where(users.c.user_id == bindparam("user"))
)


class UserEmail(msgspec.Struct, frozen=True):
    """A user's e-mail address and whether they have verified it."""

    email: str
    email_verified: bool


class UnsentEmail(msgspec.Struct, frozen=True):
    """A user's e-mail address that Stripe does not know yet; `stripe_id` is their customer or
    account there.
    """

    user_id: UUID
    stripe_id: str
    email: str


async def save_user(db: Transaction, event: UserEvent) -> None:
    """Stores role, name and e-mail address from `event`, unless newer ones are known."""
    row = {
        "user_id": event.user_id,
        "role": event.role,
        "first_name": event.first_name,
        "last_name": event.last_name,
        "email": event.email,
        "email_verified": event.email_verified,
        "last_sequence": event_sequence(),
    }
    await db.execute(_SAVE_USER, row)


async def email_of(db: Transaction, user_id: UUID) -> str | None:
    """The user's e-mail address, as far as it is known here; it is neither changed nor erased
    before the commit. Whatever stores a copy of the address reads it with this: the event that an
    account was closed then either comes first, or finds the copy and erases it.
    """
    mine = select(users.c.email).where(users.c.user_id == user_id).with_for_update(read=True)
    email: str | None = await db.scalar(mine)
    return email


async def address_of(reader: Reader, user_id: UUID) -> UserEmail | None:
    """The user's e-mail address; None if the user is not known yet."""
    row = await reader.row(_ADDRESS, user=user_id)
    return UserEmail(**row) if row is not None else None
