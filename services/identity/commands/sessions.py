"""Sessions: begun with a password, continued with refresh tokens, ended by whoever holds them."""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.identity.errors import InvalidCredentials
from services.identity.passwords import Passwords
from services.identity.queries import SHOWN, credentials, session_of, view
from services.identity.schemas import UserView
from services.identity.tables import RefreshFamily, RefreshToken, User
from services.identity.throttle import count_attempt, forgive
from services.identity.tokens import REFRESH_LIFE, fingerprint, new_refresh_token
from shared.auth import User as Caller
from shared.clock import now
from shared.db import Database
from shared.ids import new_id
from shared.problems import Unauthenticated


class Opened(NamedTuple):
    """A session that has just begun or gone on: whose, which, and the token that continues it."""

    user: UserView
    session_id: UUID
    refresh_token: str


async def log_in(
    database: Database,
    passwords: Passwords,
    *,
    email: str,
    password: str,
    address: str | None,
    limit: int,
) -> Opened:
    """Begins a session. Raises RateLimited, and InvalidCredentials with the same work done whatever
    it was that did not fit.
    """
    await count_attempt(database, email=email, address=address, limit=limit)
    known = await credentials(database.reader, email)
    fits = await passwords.matches(password, known[1] if known else None)
    if known is None or not fits:
        raise InvalidCredentials
    user_id, hashed = known
    renewed = await passwords.hash(password) if passwords.outdated(hashed) else hashed
    async with database.transaction() as db:
        # Locked against a change of password or a closing of the account since it was read.
        unchanged = (User.id == user_id) & (User.hashed_password == hashed) & User.is_active
        row = (
            await db.execute(select(*SHOWN).where(unchanged).with_for_update(key_share=True))
        ).one_or_none()
        if row is None:
            raise InvalidCredentials
        if renewed != hashed:
            await db.execute(update(User).where(User.id == user_id).values(hashed_password=renewed))
        opened = await begin_session(db, view(row))
        await forgive(db, email)
    return opened


async def begin_session(db: AsyncConnection, user: UserView) -> Opened:
    """A new refresh family with its first token."""
    session_id, at = new_id(), now()
    await db.execute(
        insert(RefreshFamily).values(
            id=session_id, user_id=user.id, created_at=at, expires_at=at + REFRESH_LIFE
        )
    )
    return Opened(user, session_id, await _new_token(db, session_id))


async def refresh_session(database: Database, token: str) -> Opened:
    """Exchanges a refresh token for the next. Raises Unauthenticated for one that is unknown,
    expired, revoked or used before; the last means that two hold it, so the whole family is
    revoked: of two requests at once, one wins and both end signed out.
    """
    async with database.transaction() as db:
        opened = await _rotate(db, token)
        if opened is None:
            # In this transaction, which commits: a refusal raised inside it would roll the
            # revocation back.
            reused = (RefreshToken.hash == fingerprint(token)) & RefreshToken.used_at.is_not(None)
            await revoke(db, RefreshFamily.id.in_(select(RefreshToken.family_id).where(reused)))
    if opened is None:
        raise Unauthenticated("The session is over. Sign in again.")
    return opened


async def _rotate(db: AsyncConnection, token: str) -> Opened | None:
    at = now()
    take = (
        update(RefreshToken)
        .where((RefreshToken.hash == fingerprint(token)) & RefreshToken.used_at.is_(None))
        .values(used_at=at)
        .returning(RefreshToken.family_id)
    )
    session_id = (await db.execute(take)).scalar_one_or_none()
    if session_id is None:
        return None
    # This locks the family until we commit: a revocation is either seen here or comes after the new
    # token, and kills it too.
    live = (
        (RefreshFamily.id == session_id)
        & RefreshFamily.revoked_at.is_(None)
        & (RefreshFamily.expires_at > at)
        & (RefreshFamily.user_id == User.id)
        & User.is_active
    )
    prolong = (
        update(RefreshFamily).where(live).values(expires_at=at + REFRESH_LIFE).returning(*SHOWN)
    )
    row = (await db.execute(prolong)).one_or_none()
    if row is None:
        return None
    return Opened(view(row), session_id, await _new_token(db, session_id))


async def log_out(db: AsyncConnection, caller: Caller, token: str | None) -> None:
    """Ends the session of the caller's access token, and that of the refresh token which came as a
    cookie.
    """
    ended = RefreshFamily.id == session_of(caller)
    if token is not None:
        family = select(RefreshToken.family_id).where(RefreshToken.hash == fingerprint(token))
        ended |= RefreshFamily.id.in_(family)
    await revoke(db, ended)


async def revoke(db: AsyncConnection, which: ColumnElement[bool]) -> None:
    """Ends the families that are `which`."""
    live: Any = which & RefreshFamily.revoked_at.is_(None)
    await db.execute(update(RefreshFamily).where(live).values(revoked_at=now()))


async def _new_token(db: AsyncConnection, session_id: UUID) -> str:
    token = new_refresh_token()
    await db.execute(
        insert(RefreshToken).values(hash=fingerprint(token), family_id=session_id, created_at=now())
    )
    return token
