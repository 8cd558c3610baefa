"""Reads: one statement each."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, exists, select

from services.identity.fields import email_key
from services.identity.schemas import UserView
from services.identity.tables import RefreshFamily, User
from shared.auth import User as Caller
from shared.db import Query, Reader
from shared.problems import Unauthenticated

SHOWN = (
    User.id,
    User.email,
    User.first_name,
    User.last_name,
    User.role,
    User.is_active,
    User.time_zone,
    User.created_at,
    User.updated_at,
)


def still_signed_in(user_id: Any, session_id: Any) -> ColumnElement[bool]:
    """That the user of a valid token exists, is active, and has not ended the session which the
    token came with.
    """
    ended = exists().where((RefreshFamily.id == session_id) & RefreshFamily.revoked_at.is_not(None))
    return and_(User.id == user_id, User.is_active, ~ended)


_ME = Query(
    select(*SHOWN).where(
        still_signed_in(
            bindparam("user_id", type_=User.id.type),
            bindparam("session_id", type_=RefreshFamily.id.type),
        )
    )
)
_CREDENTIALS = Query(
    select(User.id, User.hashed_password).where(
        (User.email_key == bindparam("email_key", type_=User.email_key.type)) & User.is_active
    )
)
_PASSWORD = Query(
    select(User.email, User.hashed_password).where(
        still_signed_in(
            bindparam("user_id", type_=User.id.type),
            bindparam("session_id", type_=RefreshFamily.id.type),
        )
    )
)


def view(row: Any) -> UserView:
    """A row of the SHOWN columns as its user sees it."""
    return UserView(*row)


def session_of(caller: Caller) -> UUID | None:
    """The refresh family that the caller's access token came with. Raises Unauthenticated where
    that is none of ours.
    """
    try:
        return UUID(caller.session_id) if caller.session_id else None
    except (ValueError, TypeError, AttributeError):
        raise Unauthenticated from None


async def myself(reader: Reader, caller: Caller) -> UserView:
    """The caller. Raises Unauthenticated when they are gone, closed out, or signed out."""
    row = await reader.row(_ME, user_id=caller.id, session_id=session_of(caller))
    if row is None:
        raise Unauthenticated
    return view(row)


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
