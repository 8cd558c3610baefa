"""Accounts: opened and changed by their owners, closed by an operator."""

from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.identity.commands.sessions import Opened, begin_session, log_in, revoke
from services.identity.errors import EmailTaken, WrongPassword
from services.identity.fields import email_key
from services.identity.passwords import Passwords
from services.identity.queries import SHOWN, password_of, session_of, still_signed_in, view
from services.identity.schemas import ChangePassword, ChangeUser, Register, UserView
from services.identity.tables import RefreshFamily, User
from services.identity.throttle import count_attempt, forgive
from shared.auth import User as Caller
from shared.clock import now
from shared.db import Database
from shared.events import UserDeactivated, UserEvent, UserRegistered, UserUpdated
from shared.idempotency import claim, store
from shared.ids import new_id
from shared.outbox import emit
from shared.problems import Unauthenticated


class Once(NamedTuple):
    """An Idempotency-Key: whose, which, and what was asked. The answer is not stored, for it would
    hold tokens.
    """

    scope: UUID
    key: str
    fingerprint: bytes


async def register(
    database: Database,
    passwords: Passwords,
    new: Register,
    *,
    once: Once | None,
    address: str | None,
    limit: int,
) -> Opened:
    """Opens an account and signs in to it; asked the same again, signs in again. Raises
    EmailTaken.
    """
    hashed = await passwords.hash(new.password)
    async with database.transaction() as db:
        if await _first_time(db, once, 201):
            user = await _add_user(db, new, hashed)
            await emit(db, _told(UserRegistered, user))
            return await begin_session(db, user)
    return await log_in(
        database, passwords, email=new.email, password=new.password, address=address, limit=limit
    )


async def _add_user(db: AsyncConnection, new: Register, hashed: str) -> UserView:
    at = now()
    statement = insert(User).values(
        id=new_id(),
        email=new.email.strip(),
        email_key=email_key(new.email),
        hashed_password=hashed,
        first_name=new.first_name.strip(),
        last_name=new.last_name.strip(),
        role=new.role,
        is_active=True,
        time_zone="UTC",
        created_at=at,
        updated_at=at,
    )
    # Of two registrations of one address at once the second waits here for the first.
    alone = statement.on_conflict_do_nothing(index_elements=[User.email_key]).returning(*SHOWN)
    row = (await db.execute(alone)).one_or_none()
    if row is None:
        raise EmailTaken
    return view(row)


async def change_user(db: AsyncConnection, caller: Caller, change: ChangeUser) -> UserView:
    """Changes what is given; when nothing differs, nothing is written or told. Raises
    Unauthenticated.
    """
    mine = still_signed_in(caller.id, session_of(caller))
    row = (
        await db.execute(select(*SHOWN).where(mine).with_for_update(key_share=True))
    ).one_or_none()
    if row is None:
        raise Unauthenticated
    given = {
        k: v.strip() for k, v in msgspec.structs.asdict(change).items() if v is not msgspec.UNSET
    }
    differing = {name: value for name, value in given.items() if getattr(row, name) != value}
    if not differing:
        return view(row)
    write = (
        update(User)
        .where(User.id == caller.id)
        .values(**differing, updated_at=now())
        .returning(*SHOWN)
    )
    user = view((await db.execute(write)).one())
    await emit(db, _told(UserUpdated, user))
    return user


async def change_password(
    database: Database,
    passwords: Passwords,
    caller: Caller,
    change: ChangePassword,
    *,
    once: Once | None,
    limit: int,
) -> None:
    """Replaces the password and ends all other sessions. Guesses at the current one count as
    attempts to sign in. Raises Unauthenticated, RateLimited, WrongPassword.
    """
    email, was = await password_of(database.reader, caller)
    await count_attempt(database, email=email, address=None, limit=limit)
    fits = await passwords.matches(change.current_password, was)
    hashed = await passwords.hash(change.new_password) if fits else None
    async with database.transaction() as db:
        if not await _first_time(db, once, 204):
            return
        mine = (User.id == caller.id) & (User.hashed_password == was) & User.is_active
        write = update(User).where(mine).values(hashed_password=hashed, updated_at=now())
        if hashed is None or (await db.execute(write)).rowcount != 1:
            raise WrongPassword
        others = RefreshFamily.id.is_distinct_from(session_of(caller))
        await revoke(db, (RefreshFamily.user_id == caller.id) & others)
        await forgive(db, email)


async def deactivate_user(db: AsyncConnection, email: str) -> UserView | None:
    """Closes the account with that address and ends its sessions; None when there is none that is
    open.
    """
    open_one = (User.email_key == email_key(email)) & User.is_active
    close = update(User).where(open_one).values(is_active=False, updated_at=now()).returning(*SHOWN)
    row = (await db.execute(close)).one_or_none()
    if row is None:
        return None
    user = view(row)
    await revoke(db, RefreshFamily.user_id == user.id)
    await emit(db, _told(UserDeactivated, user))
    return user


async def _first_time(db: AsyncConnection, once: Once | None, status: int) -> bool:
    """Whether this is to be done: it has no key, or the key is new. Raises IdempotencyKeyReused."""
    if once is None:
        return True
    if await claim(db, once.scope, once.key, once.fingerprint) is not None:
        return False
    await store(db, once.scope, once.key, status, b"")
    return True


def _told(kind: type[UserEvent], user: UserView) -> UserEvent:
    return kind(
        user_id=user.id,
        role=user.role,
        first_name=user.first_name,
        last_name=user.last_name,
        email=user.email,
        time_zone=user.time_zone,
    )
