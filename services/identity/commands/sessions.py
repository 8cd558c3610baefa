"""Sessions: started with a password, continued with refresh tokens, revoked by their owner."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from services.identity.commands.passwords import Passwords
from services.identity.commands.throttle import count_sign_in, reset_attempts
from services.identity.domain.model import IssuedSession, RefreshToken, User
from services.identity.errors import InvalidCredentials
from services.identity.queries import credentials, session_of
from services.identity.store import sessions as store
from services.identity.store.sessions import (
    Revoked,
    continue_session,
    insert_session,
    refresh_token_for_update,
    void_unused_successor,
)
from services.identity.store.users import (
    save_rehash,
    signed_in_user_for_update,
    user_with_password_for_update,
)
from shared.auth import User as Caller
from shared.clock import now
from shared.db import Database, Transaction
from shared.events import NewDeviceUsed, SessionsRevoked
from shared.outbox import emit
from shared.problems import NotFound, Unauthenticated

OVER = "The session is over. Sign in again."


async def caller_for_update(db: Transaction, caller: Caller) -> User:
    """The caller, locked for the rest of the transaction. Raises Unauthenticated."""
    user = await signed_in_user_for_update(db, caller.id, session_of(caller))
    if user is None:
        raise Unauthenticated
    return user


async def log_in(
    database: Database,
    passwords: Passwords,
    *,
    email: str,
    password: str,
    address: str | None,
    user_agent: str | None,
    limit: int,
) -> IssuedSession:
    """Starts a session, and notifies the user if the device is new. Raises RateLimited, and
    InvalidCredentials, after the same amount of work whatever was wrong.
    """
    await count_sign_in(database, email=email, address=address, limit=limit)
    known = await credentials(database.reader, email)
    fits = await passwords.matches(password, known[1] if known else None)
    if known is None or not fits:
        raise InvalidCredentials
    user_id, hashed = known
    renewed = await passwords.hash(password) if passwords.outdated(hashed) else hashed
    async with database.transaction() as db:
        # Locks against a concurrent change of the password or deactivation of the account.
        user = await user_with_password_for_update(db, user_id, hashed)
        if user is None:
            raise InvalidCredentials
        if renewed != hashed:
            await save_rehash(db, user_id, renewed)
        issued, known_device = await insert_session(db, user, user_agent)
        if not known_device:
            await emit(db, NewDeviceUsed(user_id=user.id, user_agent=user_agent, at=now()))
        await reset_attempts(db, email, address)
    return issued


async def begin_session(db: Transaction, user: User, user_agent: str | None) -> IssuedSession:
    """The first session of a new account."""
    issued, _ = await insert_session(db, user, user_agent)
    return issued


async def refresh_session(database: Database, token: str, grace: timedelta) -> IssuedSession:
    """Exchanges a refresh token for the next one. Raises Unauthenticated if it is unknown, expired,
    void, revoked or already used.

    A reused token means that two clients have it, so the whole session is revoked, unless the
    response was lost: within `grace` of its first use, and while its successor has not been used, a
    spent token gets another new token, and the previous successor is void.
    """
    async with database.transaction() as db:
        issued = await _exchange(db, token, grace)
    # An exception raised within the transaction would roll the revocation back.
    if issued is None:
        raise Unauthenticated(OVER)
    return issued


async def _exchange(db: Transaction, token: str, grace: timedelta) -> IssuedSession | None:
    given = await refresh_token_for_update(db, token)
    if given is None or given.is_void:
        return None
    used_at = given.used_at
    if used_at is not None and not await _response_was_lost(db, given, used_at + grace):
        await _announce(db, await store.revoke_session(db, given.session_id))
        return None
    return await continue_session(db, given.session_id, token, used_at or now())


async def _response_was_lost(db: Transaction, token: RefreshToken, until: datetime) -> bool:
    if token.successor is None or now() >= until:
        return False
    return await void_unused_successor(db, token.successor)


async def log_out(db: Transaction, caller: Caller, token: str | None) -> None:
    """Revokes the session of the caller's access token, and that of the refresh token in the
    cookie.
    """
    await _announce(db, await store.revoke_session_and_token(db, session_of(caller), token))


async def revoke_session(db: Transaction, caller: Caller, session_id: UUID) -> None:
    """Revokes one of the caller's sessions. Raises Unauthenticated, and NotFound if it is not
    theirs or has ended.
    """
    await caller_for_update(db, caller)
    revoked = await store.revoke_session_of(db, caller.id, session_id)
    if not revoked:
        raise NotFound
    await _announce(db, revoked)


async def revoke_all(db: Transaction, user_id: UUID, *, but: UUID | None = None) -> None:
    """Revokes all sessions of a user, except `but`. The event lists their ids, because tokens are
    dated in whole seconds, which is too coarse to mean "all until now".
    """
    await _announce(db, await store.revoke_sessions_of(db, user_id, but=but))


async def _announce(db: Transaction, revoked: Sequence[Revoked]) -> None:
    """Emits an event per user for the services that hold streams of their sessions."""
    ended: dict[UUID, list[UUID]] = {}
    for user_id, session_id in revoked:
        ended.setdefault(user_id, []).append(session_id)
    for user_id, ids in ended.items():
        await emit(db, SessionsRevoked(user_id=user_id, session_ids=[str(id) for id in ids]))
