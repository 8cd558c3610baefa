"""Rows to domain objects and back; the only place that writes users, sessions and link tokens.

Rows are locked in one order, so that no two transactions wait for each other: the user, then the
tokens of links; the session, then its refresh tokens. Whoever is given a token looks up whose it is
without a lock first.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.identity.domain.model import EmailToken, IssuedSession, Purpose, User
from services.identity.domain.tokens import REFRESH_LIFE, fingerprint, new_token
from services.identity.tables import (
    email_tokens,
    password_reset_requests,
    refresh_families,
    refresh_tokens,
    users,
)
from shared.clock import now
from shared.ids import new_id
from shared.telemetry import request_context

USER_COLUMNS = tuple(users.c[name] for name in User.__struct_fields__)
LONGEST_USER_AGENT = 300


def user_from(row: Any) -> User:
    """A row of USER_COLUMNS."""
    return User(*row)


def signed_in(user_id: Any, session_id: Any) -> ColumnElement[bool]:
    """That the user of a valid token exists, is active, and has not ended the session which the
    token came with.
    """
    ended = exists().where(
        (refresh_families.c.id == session_id) & refresh_families.c.revoked_at.is_not(None)
    )
    return and_(users.c.id == user_id, users.c.is_active, ~ended)


# ---- users


async def insert_user(db: AsyncConnection, values: Mapping[str, Any]) -> User | None:
    """A new user; None when their address has an account. Of two registrations of one address at
    once the second waits here for the first.
    """
    statement = upsert(users).values(**values)
    free = statement.on_conflict_do_nothing(index_elements=[users.c.email_key])
    row = (await db.execute(free.returning(*USER_COLUMNS))).one_or_none()
    return None if row is None else user_from(row)


async def user_for_update(db: AsyncConnection, which: ColumnElement[bool]) -> User | None:
    """The user, locked for the rest of this transaction; None where there is none."""
    query = select(*USER_COLUMNS).where(which).with_for_update(key_share=True)
    row = (await db.execute(query)).one_or_none()
    return None if row is None else user_from(row)


async def open_users_for_update(db: AsyncConnection, after: UUID, most: int) -> list[User]:
    """Up to `most` open accounts by id, those that follow `after`, locked like `user_for_update`."""
    query = select(*USER_COLUMNS).where(users.c.is_active, users.c.id > after)
    locked = query.order_by(users.c.id).limit(most).with_for_update(key_share=True)
    return [user_from(row) for row in (await db.execute(locked)).all()]


async def update_user(db: AsyncConnection, user_id: UUID, **changes: Any) -> User:
    """Writes `changes`; the user as they are now."""
    statement = update(users).where(users.c.id == user_id).values(**changes, updated_at=now())
    return user_from((await db.execute(statement.returning(*USER_COLUMNS))).one())


async def save_password(
    db: AsyncConnection, user_id: UUID, hashed: str, *, was: str | None = None
) -> bool:
    """Writes a password's hash, of an open account; where `was` is given only in its place. False
    when nothing was written.
    """
    theirs = (users.c.id == user_id) & users.c.is_active
    if was is not None:
        theirs &= users.c.hashed_password == was
    write = update(users).where(theirs).values(hashed_password=hashed, updated_at=now())
    return (await db.execute(write)).rowcount == 1


async def save_rehash(db: AsyncConnection, user_id: UUID, hashed: str) -> None:
    """Writes another hash of the password that the locked user has: nothing changes for them."""
    write = update(users).where(users.c.id == user_id).values(hashed_password=hashed)
    await db.execute(write)


async def user_with_password_for_update(
    db: AsyncConnection, user_id: UUID, hashed: str
) -> User | None:
    """The user, if their account is open and `hashed` is still their password's hash."""
    unchanged = (users.c.id == user_id) & (users.c.hashed_password == hashed)
    return await user_for_update(db, unchanged & users.c.is_active)


async def open_user_for_update(db: AsyncConnection, which: ColumnElement[bool]) -> User | None:
    """`user_for_update` of an account that is open."""
    return await user_for_update(db, which & users.c.is_active)


async def is_free(db: AsyncConnection, email_key: str, user_id: UUID) -> bool:
    """Whether nobody but that user has the address."""
    taken = exists().where((users.c.email_key == email_key) & (users.c.id != user_id))
    return not (await db.execute(select(taken))).scalar_one()


# ---- sessions


async def insert_session(
    db: AsyncConnection, user: User, user_agent: str | None
) -> tuple[IssuedSession, bool]:
    """A new session with its first refresh token, and whether the user has signed in from such a
    device before.
    """
    session_id, at = new_id(), now()
    agent = user_agent[:LONGEST_USER_AGENT] if user_agent else None
    same_device = (refresh_families.c.user_id == user.id) & (
        refresh_families.c.user_agent.is_not_distinct_from(agent)
    )
    known = (await db.execute(select(exists().where(same_device)))).scalar_one()
    await db.execute(
        insert(refresh_families).values(
            id=session_id,
            user_id=user.id,
            user_agent=agent,
            created_at=at,
            last_used_at=at,
            expires_at=at + REFRESH_LIFE,
        )
    )
    return IssuedSession(user, session_id, await _insert_token(db, session_id)), known


async def _insert_token(db: AsyncConnection, session_id: UUID) -> str:
    token = new_token()
    await db.execute(
        insert(refresh_tokens).values(
            hash=fingerprint(token), family_id=session_id, created_at=now()
        )
    )
    return token


async def refresh_token_for_update(db: AsyncConnection, token: str) -> Any | None:
    """The row of a refresh token, its session locked as well; None when it was never given out."""
    given = refresh_tokens.c.hash == fingerprint(token)
    session = select(refresh_tokens.c.family_id).where(given).scalar_subquery()
    lock = select(refresh_families.c.id).where(refresh_families.c.id == session)
    await db.execute(lock.with_for_update(key_share=True))
    return (await db.execute(select(refresh_tokens).where(given).with_for_update())).one_or_none()


async def void_unused_successor(db: AsyncConnection, successor: bytes) -> bool:
    """Makes the token worthless that was given for one whose answer was lost; False when it was
    used, which proves that the answer was not lost.
    """
    unused = (
        (refresh_tokens.c.hash == successor)
        & refresh_tokens.c.used_at.is_(None)
        & ~refresh_tokens.c.is_void
    )
    result = await db.execute(update(refresh_tokens).where(unused).values(is_void=True))
    return result.rowcount == 1


async def continue_session(
    db: AsyncConnection, session_id: UUID, spent: str, used_at: datetime
) -> IssuedSession | None:
    """Prolongs a live session and gives the next token for `spent`; None when the session is over.
    The session is locked until we commit: a revocation is either seen here or comes after the new
    token, and ends it too.
    """
    at = now()
    live = (
        (refresh_families.c.id == session_id)
        & refresh_families.c.revoked_at.is_(None)
        & (refresh_families.c.expires_at > at)
        & (refresh_families.c.user_id == users.c.id)
        & users.c.is_active
    )
    prolonged = {"expires_at": at + REFRESH_LIFE, "last_used_at": at}
    statement = update(refresh_families).where(live).values(prolonged).returning(*USER_COLUMNS)
    row = (await db.execute(statement)).one_or_none()
    if row is None:
        return None
    token = await _insert_token(db, session_id)
    await db.execute(
        update(refresh_tokens)
        .where(refresh_tokens.c.hash == fingerprint(spent))
        .values(used_at=used_at, successor=fingerprint(token))
    )
    return IssuedSession(user_from(row), session_id, token)


async def revoke_sessions(
    db: AsyncConnection, which: ColumnElement[bool]
) -> list[tuple[UUID, UUID]]:
    """Ends the sessions that are `which`; user and session of each that was live."""
    live = which & refresh_families.c.revoked_at.is_(None)
    statement = update(refresh_families).where(live).values(revoked_at=now())
    returned = statement.returning(refresh_families.c.user_id, refresh_families.c.id)
    return [(row.user_id, row.id) for row in (await db.execute(returned)).all()]


# ---- tokens of links


async def insert_email_token(
    db: AsyncConnection, user: User, purpose: Purpose, email: str, life: timedelta
) -> str:
    """A new token for a link to `email`; earlier ones for the same purpose are void."""
    await void_email_tokens(db, user.id, purpose)
    token, at = new_token(), now()
    await db.execute(
        insert(email_tokens).values(
            hash=fingerprint(token),
            user_id=user.id,
            purpose=purpose,
            email=email,
            created_at=at,
            expires_at=at + life,
        )
    )
    return token


async def void_email_tokens(db: AsyncConnection, user_id: UUID, *purposes: Purpose) -> None:
    """Makes the user's unused tokens for these purposes worthless."""
    unused = (
        (email_tokens.c.user_id == user_id)
        & email_tokens.c.purpose.in_(purposes)
        & email_tokens.c.used_at.is_(None)
    )
    await db.execute(update(email_tokens).where(unused).values(used_at=now()))


def _good(token: str, purposes: tuple[Purpose, ...]) -> ColumnElement[bool]:
    return and_(
        email_tokens.c.hash == fingerprint(token),
        email_tokens.c.purpose.in_(purposes),
        email_tokens.c.used_at.is_(None),
        email_tokens.c.expires_at > now(),
    )


async def is_good(db: AsyncConnection, token: str, *purposes: Purpose) -> bool:
    """Whether a token could be used for one of these purposes."""
    return bool((await db.execute(select(exists().where(_good(token, purposes))))).scalar_one())


async def owner_for_update(db: AsyncConnection, token: str) -> User | None:
    """The user whom the token of a link was made for, locked; None when their account is closed, or
    there is no such token.
    """
    owner = select(email_tokens.c.user_id).where(email_tokens.c.hash == fingerprint(token))
    return await open_user_for_update(db, users.c.id == owner.scalar_subquery())


async def use_email_token(db: AsyncConnection, token: str, *purposes: Purpose) -> EmailToken | None:
    """Takes a token that is good for one of these purposes, once; None for any other. Its owner is
    locked already.
    """
    columns = (email_tokens.c.user_id, email_tokens.c.purpose, email_tokens.c.email)
    statement = update(email_tokens).where(_good(token, purposes)).values(used_at=now())
    row = (await db.execute(statement.returning(*columns))).one_or_none()
    return None if row is None else EmailToken(row.user_id, Purpose(row.purpose), row.email)


async def insert_reset_request(db: AsyncConnection, email_key: str) -> None:
    """Notes that a reset was asked for an address, known or not."""
    await db.execute(
        insert(password_reset_requests).values(
            id=new_id(),
            email_key=email_key,
            request_id=request_context.get().request_id,
            created_at=now(),
        )
    )


async def take_reset_requests(db: AsyncConnection, most: int) -> list[Any]:
    """Removes up to `most` requests, oldest first, and returns them: each is one replica's."""
    oldest = (
        select(password_reset_requests.c.id)
        .order_by(password_reset_requests.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    statement = delete(password_reset_requests).where(
        password_reset_requests.c.id.in_(oldest.scalar_subquery())
    )
    return list((await db.execute(statement.returning(password_reset_requests))).all())
