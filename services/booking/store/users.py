"""Projections of users and prices, from events of identity and directory."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from services.booking.tables import consultant_prices, users
from shared.auth import User
from shared.db import Executor, Query, Transaction
from shared.deliveries import event_sequence
from shared.events import ProfileUpdated, UserEvent
from shared.problems import AccountClosed
from shared.projections import projection

_LOCK = Query(select(users.c.is_active).where(users.c.id == bindparam("user_id")).with_for_update())
_ENSURE = Query(
    insert(users)
    .values(
        {name: bindparam(name) for name in ("id", "role", "first_name", "last_name", "is_active")}
        | {"time_zone": "UTC"}
    )
    .on_conflict_do_nothing()
)
_SAVE_USER = projection(users, "first_name", "last_name", "time_zone", "language")
_DEACTIVATE = update(users).where(users.c.id == bindparam("user_id")).values(is_active=False)
_SAVE_PRICE = projection(consultant_prices, "hourly_rate", "currency")


async def ensure_party(run: Executor, user: User) -> None:
    """Stores the user's name from their token, in case identity's event about them has not arrived
    yet.
    """
    await run(
        _ENSURE,
        id=user.id,
        role=user.role,
        first_name=user.first_name,
        last_name=user.last_name,
        is_active=True,
    )


async def lock_user(run: Executor, user_id: UUID) -> None:
    """Locks a user's row until the transaction ends. This serialises their changes, and requests to
    which a consultant's limits apply.
    """
    await run(_LOCK, user_id=user_id)


async def lock_caller(run: Executor, caller: User) -> None:
    """Locks the row of who changes their own time, which is stored from their token if identity's
    event about them has not arrived yet. Raises AccountClosed.
    """
    rows = await run(_LOCK, user_id=caller.id)
    if not rows:
        await ensure_party(run, caller)
        rows = await run(_LOCK, user_id=caller.id)
    if not rows[0]["is_active"]:
        raise AccountClosed


async def save_user(db: Transaction, event: UserEvent) -> None:
    """Stores name, time zone and language from `event`, unless newer ones are known."""
    row = {
        "id": event.user_id,
        "role": event.role,
        "first_name": event.first_name,
        "last_name": event.last_name,
        "is_active": True,
        "time_zone": event.time_zone,
        "language": event.language,
        "last_sequence": event_sequence(),
    }
    await db.execute(_SAVE_USER, row)


async def deactivate(db: Transaction, user_id: UUID) -> None:
    """Records that the account is closed."""
    await db.execute(_DEACTIVATE, {"user_id": user_id})


async def save_price(db: Transaction, event: ProfileUpdated) -> None:
    """Stores the price in `event`, unless a newer one is known."""
    row = {
        "consultant_id": event.consultant_id,
        "hourly_rate": event.hourly_rate,
        "currency": event.currency,
        "last_sequence": event_sequence(),
    }
    await db.execute(_SAVE_PRICE, row)
