"""Sessions and their refresh tokens."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, exists, insert, select, update

from services.identity.domain.model import IssuedSession, RefreshToken, User
from services.identity.domain.tokens import REFRESH_LIFE
from services.identity.store.users import USER_COLUMNS, user_from
from services.identity.tables import (
    refresh_families,
    refresh_tokens,
    users,
)
from shared.clock import now
from shared.db import Transaction
from shared.ids import new_id
from shared.secret_tokens import new_token, token_hash

MAX_USER_AGENT_LENGTH = 300


class Revoked(NamedTuple):
    """A session that was live until it was revoked."""

    user_id: UUID
    session_id: UUID


async def insert_session(
    db: Transaction, user: User, user_agent: str | None
) -> tuple[IssuedSession, bool]:
    """A new session with its first refresh token, and whether the user has signed in from such a
    device before.
    """
    session_id, at = new_id(), now()
    agent = user_agent[:MAX_USER_AGENT_LENGTH] if user_agent else None
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


async def _insert_token(db: Transaction, session_id: UUID) -> str:
    token = new_token()
    await db.execute(
        insert(refresh_tokens).values(
            hash=token_hash(token), family_id=session_id, created_at=now()
        )
    )
    return token


async def refresh_token_for_update(db: Transaction, token: str) -> RefreshToken | None:
    """A refresh token, locked with its session; None if it was never issued."""
    given = refresh_tokens.c.hash == token_hash(token)
    session = select(refresh_tokens.c.family_id).where(given).scalar_subquery()
    lock = select(refresh_families.c.id).where(refresh_families.c.id == session)
    await db.execute(lock.with_for_update(key_share=True))
    columns = (
        refresh_tokens.c.family_id,
        refresh_tokens.c.used_at,
        refresh_tokens.c.successor,
        refresh_tokens.c.is_void,
    )
    locked = select(*columns).where(given).with_for_update()
    row = (await db.execute(locked)).one_or_none()
    return None if row is None else RefreshToken(*row)


async def void_unused_successor(db: Transaction, successor: bytes) -> bool:
    """Voids the successor that was issued in a lost response; False if it was used, which proves
    that the response was not lost.
    """
    unused = (
        (refresh_tokens.c.hash == successor)
        & refresh_tokens.c.used_at.is_(None)
        & ~refresh_tokens.c.is_void
    )
    result = await db.execute(update(refresh_tokens).where(unused).values(is_void=True))
    return result.rowcount == 1


async def continue_session(
    db: Transaction, session_id: UUID, spent: str, used_at: datetime
) -> IssuedSession | None:
    """Extends a live session and issues the successor of `spent`; None if the session has ended.
    The session is locked until the commit: a concurrent revocation is either seen here or comes
    after the new token, and revokes it too.
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
        .where(refresh_tokens.c.hash == token_hash(spent))
        .values(used_at=used_at, successor=token_hash(token))
    )
    return IssuedSession(user_from(row), session_id, token)


async def revoke_session(db: Transaction, session_id: UUID) -> list[Revoked]:
    """Revokes a session."""
    return await _revoke(db, refresh_families.c.id == session_id)


async def revoke_session_of(db: Transaction, user_id: UUID, session_id: UUID) -> list[Revoked]:
    """Revokes a session of the user's that has not expired."""
    theirs = (refresh_families.c.id == session_id) & (refresh_families.c.user_id == user_id)
    return await _revoke(db, theirs & (refresh_families.c.expires_at > now()))


async def revoke_session_and_token(
    db: Transaction, session_id: UUID | None, token: str | None
) -> list[Revoked]:
    """Revokes the session, if there is one, and that of the refresh token, if one is given."""
    ended = refresh_families.c.id == session_id
    if token is not None:
        family = select(refresh_tokens.c.family_id).where(
            refresh_tokens.c.hash == token_hash(token)
        )
        ended |= refresh_families.c.id.in_(family)
    return await _revoke(db, ended)


async def revoke_sessions_of(
    db: Transaction, user_id: UUID, *, but: UUID | None = None
) -> list[Revoked]:
    """Revokes all sessions of a user, except `but`."""
    theirs = refresh_families.c.user_id == user_id
    if but is not None:
        theirs &= refresh_families.c.id != but
    return await _revoke(db, theirs)


async def _revoke(db: Transaction, which: ColumnElement[bool]) -> list[Revoked]:
    live = which & refresh_families.c.revoked_at.is_(None)
    statement = update(refresh_families).where(live).values(revoked_at=now())
    returned = statement.returning(refresh_families.c.user_id, refresh_families.c.id)
    return [Revoked(row.user_id, row.id) for row in (await db.execute(returned)).all()]
