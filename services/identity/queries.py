"""Reads of identity: one statement each."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from services.identity.domain.model import SignIn, User
from services.identity.store.users import USER_COLUMNS, signed_in, user_from
from services.identity.tables import refresh_families, users
from shared.auth import User as Caller
from shared.clock import now
from shared.db import Query, Reader
from shared.ids import LAST_ID
from shared.paging import Page, decode_id, page
from shared.problems import Unauthenticated
from shared.text import email_key

_user_id = bindparam("user_id", type_=users.c.id.type)
_session_id = bindparam("session_id", type_=refresh_families.c.id.type)
_at = bindparam("at", type_=refresh_families.c.expires_at.type)

_ME = Query(select(*USER_COLUMNS).where(signed_in(_user_id, _session_id)))
_CREDENTIALS = Query(
    select(users.c.id, users.c.hashed_password).where(
        (users.c.email_key == bindparam("email_key", type_=users.c.email_key.type))
        & users.c.is_active
    )
)
_PASSWORD = Query(
    select(users.c.email, users.c.hashed_password).where(signed_in(_user_id, _session_id))
)
_live = (
    (refresh_families.c.user_id == _user_id)
    & refresh_families.c.revoked_at.is_(None)
    & (refresh_families.c.expires_at > _at)
)
_SESSIONS = Query(
    select(
        refresh_families.c.id,
        refresh_families.c.created_at,
        refresh_families.c.last_used_at,
        refresh_families.c.user_agent,
    )
    .where(_live, refresh_families.c.id < bindparam("before_id", type_=Uuid()))
    .order_by(refresh_families.c.id.desc())
    .limit(bindparam("rows"))
)


def session_of(caller: Caller) -> UUID | None:
    """The session of the caller's access token. Raises Unauthenticated if it is not one of
    our ids.
    """
    try:
        return UUID(caller.session_id) if caller.session_id else None
    except (ValueError, TypeError, AttributeError):
        raise Unauthenticated from None


async def myself(reader: Reader, caller: Caller) -> User:
    """The caller. Raises Unauthenticated if the account is gone or deactivated, or the session was
    revoked.
    """
    row = await reader.row(_ME, user_id=caller.id, session_id=session_of(caller))
    if row is None:
        raise Unauthenticated
    return user_from(row)


async def credentials(reader: Reader, email: str) -> tuple[UUID, str] | None:
    """Id and password hash of the active user with that address."""
    row = await reader.row(_CREDENTIALS, email_key=email_key(email))
    return None if row is None else (row["id"], row["hashed_password"])


async def password_of(reader: Reader, caller: Caller) -> tuple[str, str]:
    """The caller's address and password hash. Raises Unauthenticated."""
    row = await reader.row(_PASSWORD, user_id=caller.id, session_id=session_of(caller))
    if row is None:
        raise Unauthenticated
    return row["email"], row["hashed_password"]


async def sessions_of(
    reader: Reader, caller: Caller, limit: int, cursor: str | None
) -> Page[SignIn]:
    """The caller's live sessions, newest first. Raises Unauthenticated."""
    await myself(reader, caller)
    scope = f"/users/me/sessions {caller.id}"
    before = decode_id(cursor, scope, LAST_ID)
    rows = await reader.rows(
        _SESSIONS, user_id=caller.id, at=now(), before_id=before, rows=limit + 1
    )
    found = [
        SignIn(
            row["id"],
            row["created_at"],
            row["last_used_at"] or row["created_at"],
            row["user_agent"],
        )
        for row in rows
    ]
    return page(found, limit, lambda session: (session.id,), scope)
