"""Accounts: opened and changed by their owners, deactivated by an operator."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.identity.commands.idempotency import is_first
from services.identity.commands.passwords import Passwords
from services.identity.commands.sessions import begin_session, caller_for_update, log_in, revoke_all
from services.identity.commands.throttle import (
    count_registration,
    count_sign_in,
    reset_attempts,
)
from services.identity.domain.model import IdempotencyClaim, IssuedSession, Purpose, User
from services.identity.domain.tokens import VERIFICATION_LIFE
from services.identity.errors import EmailTaken, WrongPassword
from services.identity.queries import password_of, session_of
from services.identity.store.links import insert_email_token, void_email_tokens
from services.identity.store.users import (
    closed_user_for_update,
    insert_user,
    save_password,
    update_user,
    user_with_address_for_update,
    users_for_update,
)
from shared.auth import User as Caller
from shared.clock import now
from shared.db import Database, Transaction
from shared.events import (
    EmailVerificationRequested,
    PasswordChanged,
    UserDeactivated,
    UserEvent,
    UserRegistered,
    UserUpdated,
)
from shared.ids import new_id
from shared.languages import Language
from shared.outbox import emit
from shared.text import email_key

ANNOUNCED_AT_ONCE = 200


def user_event(kind: type[UserEvent], user: User) -> UserEvent:
    """The event of class `kind` about `user`."""
    return kind(
        user_id=user.id,
        role=user.role,
        first_name=user.first_name,
        last_name=user.last_name,
        email=user.email,
        email_verified=user.email_verified,
        time_zone=user.time_zone,
        language=user.language,
    )


async def register(
    database: Database,
    passwords: Passwords,
    *,
    new: Mapping[str, str],
    password: str,
    idempotency: IdempotencyClaim | None,
    language: Language | None,
    address: str | None,
    user_agent: str | None,
    limit: int,
) -> IssuedSession:
    """Opens an account and signs in to it; a repeated request signs in again. `new` contains email,
    first_name, last_name and role; `language` is the one that the client prefers. Raises
    EmailTaken, RateLimited.
    """
    await count_registration(database, address=address, limit=limit)
    hashed = await passwords.hash_for_registration(password)
    async with database.transaction() as db:
        if await is_first(db, idempotency, 201):
            user = await _open_account(db, {**new, "language": language}, hashed)
            return await begin_session(db, user, user_agent)
    return await log_in(
        database,
        passwords,
        email=new["email"],
        password=password,
        address=address,
        user_agent=user_agent,
        limit=limit,
    )


async def _open_account(db: Transaction, new: Mapping[str, Any], hashed: str) -> User:
    at = now()
    values = {
        **new,
        "id": new_id(),
        "email_key": email_key(new["email"]),
        "hashed_password": hashed,
        "created_at": at,
        "updated_at": at,
    }
    user = await insert_user(db, values)
    if user is None:
        raise EmailTaken
    token = await insert_email_token(db, user, Purpose.VERIFY_EMAIL, user.email, VERIFICATION_LIFE)
    await emit(
        db,
        user_event(UserRegistered, user),
        EmailVerificationRequested(user_id=user.id, email=user.email, token=token, welcome=True),
    )
    return user


async def change_user(db: Transaction, caller: Caller, changes: Mapping[str, str | None]) -> User:
    """Applies the given changes; if nothing differs, nothing is written or emitted. Raises
    Unauthenticated.
    """
    user = await caller_for_update(db, caller)
    differing = {name: value for name, value in changes.items() if getattr(user, name) != value}
    if not differing:
        return user
    user = await update_user(db, user.id, **differing)
    await emit(db, user_event(UserUpdated, user))
    return user


async def prove_password(
    database: Database, passwords: Passwords, caller: Caller, password: str, limit: int
) -> tuple[str, str] | None:
    """The caller's address and password hash if `password` is correct, otherwise None. Guesses
    count as login attempts. Raises Unauthenticated, RateLimited.
    """
    email, hashed = await password_of(database.reader, caller)
    await count_sign_in(database, email=email, address=None, limit=limit)
    return (email, hashed) if await passwords.matches(password, hashed) else None


async def change_password(
    database: Database,
    passwords: Passwords,
    caller: Caller,
    *,
    current: str,
    new: str,
    idempotency: IdempotencyClaim | None,
    limit: int,
) -> None:
    """Replaces the password and revokes all other sessions. Raises Unauthenticated, RateLimited,
    WrongPassword.
    """
    proven = await prove_password(database, passwords, caller, current, limit)
    hashed = await passwords.hash(new) if proven else ""
    async with database.transaction() as db:
        if not await is_first(db, idempotency, 204):
            return
        if proven is None:
            raise WrongPassword
        email, was = proven
        # Unless another request has changed it since it was verified.
        if not await save_password(db, caller.id, hashed, was=was):
            raise WrongPassword
        await after_new_password(db, caller.id, but=session_of(caller))
        await reset_attempts(db, email, None)


async def after_new_password(db: Transaction, user_id: UUID, *, but: UUID | None = None) -> None:
    """Ends what somebody who knew the old password may have begun: all sessions except `but`, a
    reset, and a change of address whose link has not been followed yet.
    """
    await void_email_tokens(db, user_id, Purpose.RESET_PASSWORD, Purpose.CHANGE_EMAIL)
    await revoke_all(db, user_id, but=but)
    await emit(db, PasswordChanged(user_id=user_id))


class Deactivation(StrEnum):
    """The outcome of deactivating an account by its address."""

    CLOSED = "closed"
    CLOSED_BEFORE = "closed before"
    UNKNOWN = "unknown"  # no account has the address


async def deactivate_user(db: Transaction, email: str) -> Deactivation:
    """Deactivates the account with that address and revokes its sessions. If it is closed already,
    only publishes that again, for services that have missed it.
    """
    key = email_key(email)
    user = await user_with_address_for_update(db, key)
    if user is None:
        closed = await closed_user_for_update(db, key)
        if closed is None:
            return Deactivation.UNKNOWN
        await emit(db, user_event(UserDeactivated, closed))
        return Deactivation.CLOSED_BEFORE
    user = await update_user(db, user.id, is_active=False)
    await void_email_tokens(db, user.id, *Purpose)
    await revoke_all(db, user.id)
    await emit(db, user_event(UserDeactivated, user))
    return Deactivation.CLOSED


async def announce_users(database: Database, after: UUID) -> list[UUID]:
    """Publishes the next accounts in order of id, starting after `after`, and returns their ids; an
    empty list if there are no more.
    """
    async with database.transaction() as db:
        users = await users_for_update(db, after, ANNOUNCED_AT_ONCE)
        await emit(
            db,
            *(user_event(UserUpdated if one.is_active else UserDeactivated, one) for one in users),
        )
    return [user.id for user in users]
