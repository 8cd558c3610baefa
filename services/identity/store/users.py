"""Users."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from services.identity.domain.model import User
from services.identity.errors import EmailTaken
from services.identity.tables import (
    refresh_families,
    users,
)
from shared.clock import now
from shared.db import Transaction
from shared.text import email_key

USER_COLUMNS = tuple(users.c[name] for name in User.__struct_fields__)


def user_from(row: Any) -> User:
    """A User from a row of USER_COLUMNS."""
    return User(*row)


def signed_in(user_id: Any, session_id: Any) -> ColumnElement[bool]:
    """Condition: the user of a valid token exists, is active, and has not ended the token's
    session.
    """
    ended = exists().where(
        (refresh_families.c.id == session_id) & refresh_families.c.revoked_at.is_not(None)
    )
    return and_(users.c.id == user_id, users.c.is_active, ~ended)


async def insert_user(db: Transaction, values: Mapping[str, Any]) -> User | None:
    """A new user; None if their address has an account. If an address is registered twice
    concurrently, the second transaction waits here for the first.
    """
    statement = upsert(users).values(**values)
    free = statement.on_conflict_do_nothing(index_elements=[users.c.email_key])
    row = (await db.execute(free.returning(*USER_COLUMNS))).one_or_none()
    return None if row is None else user_from(row)


async def _user_for_update(db: Transaction, which: ColumnElement[bool]) -> User | None:
    query = select(*USER_COLUMNS).where(which).with_for_update(key_share=True)
    row = (await db.execute(query)).one_or_none()
    return None if row is None else user_from(row)


async def signed_in_user_for_update(
    db: Transaction, user_id: UUID, session_id: UUID | None
) -> User | None:
    """The user of a valid token, locked for the rest of the transaction; None if their account is
    gone or deactivated, or the token's session has ended.
    """
    return await _user_for_update(db, signed_in(user_id, session_id))


async def users_for_update(db: Transaction, after: UUID, limit: int) -> list[User]:
    """Up to `limit` accounts, open or closed, in order of id, starting after `after`, locked."""
    query = select(*USER_COLUMNS).where(users.c.id > after)
    locked = query.order_by(users.c.id).limit(limit).with_for_update(key_share=True)
    return [user_from(row) for row in (await db.execute(locked)).all()]


async def update_user(db: Transaction, user_id: UUID, **changes: Any) -> User:
    """Writes `changes` and returns the updated user."""
    statement = update(users).where(users.c.id == user_id).values(**changes, updated_at=now())
    return user_from((await db.execute(statement.returning(*USER_COLUMNS))).one())


async def save_address(db: Transaction, user_id: UUID, email: str) -> User:
    """Gives the user a verified address, and returns them. Raises EmailTaken if an account with it
    was opened concurrently.
    """
    try:
        return await update_user(
            db, user_id, email=email, email_key=email_key(email), email_verified=True
        )
    except IntegrityError:
        raise EmailTaken from None


async def save_password(
    db: Transaction, user_id: UUID, hashed: str, *, was: str | None = None
) -> bool:
    """Stores the password hash of an open account; if `was` is given, only if it is still the
    stored hash. False if nothing was written.
    """
    theirs = (users.c.id == user_id) & users.c.is_active
    if was is not None:
        theirs &= users.c.hashed_password == was
    write = update(users).where(theirs).values(hashed_password=hashed, updated_at=now())
    return (await db.execute(write)).rowcount == 1


async def save_rehash(db: Transaction, user_id: UUID, hashed: str) -> None:
    """Stores a new hash of the locked user's unchanged password."""
    write = update(users).where(users.c.id == user_id).values(hashed_password=hashed)
    await db.execute(write)


async def user_with_password_for_update(db: Transaction, user_id: UUID, hashed: str) -> User | None:
    """The user, if their account is open and `hashed` is still their password hash."""
    unchanged = (users.c.id == user_id) & (users.c.hashed_password == hashed)
    return await _user_for_update(db, unchanged & users.c.is_active)


async def open_user_for_update(db: Transaction, which: ColumnElement[bool]) -> User | None:
    """The owner of an open account, locked for the rest of the transaction; None if there is
    none.
    """
    return await _user_for_update(db, which & users.c.is_active)


async def user_with_address_for_update(db: Transaction, email_key: str) -> User | None:
    """The owner of the open account with that address, locked; None if there is none."""
    return await open_user_for_update(db, users.c.email_key == email_key)


async def closed_user_for_update(db: Transaction, email_key: str) -> User | None:
    """The owner of the closed account with that address, locked; None if there is none."""
    return await _user_for_update(db, (users.c.email_key == email_key) & ~users.c.is_active)


async def lock_address(db: Transaction, email_key: str) -> None:
    """Lets only one transaction at a time assign the address: otherwise the unique index would
    raise an error instead of a refusal.
    """
    await db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(email_key, 0))))


async def is_free(db: Transaction, email_key: str, user_id: UUID) -> bool:
    """Whether no other user has the address."""
    taken = exists().where((users.c.email_key == email_key) & (users.c.id != user_id))
    return not (await db.execute(select(taken))).scalar_one()
