"""Tokens of links in mails, and requests for password resets."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, select, update

from services.identity.domain.model import EmailToken, Purpose, ResetRequest, User
from services.identity.store.users import open_user_for_update
from services.identity.tables import (
    email_tokens,
    password_reset_requests,
    users,
)
from shared.clock import now
from shared.db import Transaction
from shared.ids import new_id
from shared.secret_tokens import new_token, token_hash
from shared.telemetry import request_context


async def insert_email_token(
    db: Transaction, user: User, purpose: Purpose, email: str, life: timedelta
) -> str:
    """A new token for a link to `email`; earlier ones for the same purpose become void."""
    await void_email_tokens(db, user.id, purpose)
    token, at = new_token(), now()
    await db.execute(
        insert(email_tokens).values(
            hash=token_hash(token),
            user_id=user.id,
            purpose=purpose,
            email=email,
            created_at=at,
            expires_at=at + life,
        )
    )
    return token


async def count_email_tokens(
    db: Transaction, user_id: UUID, purpose: Purpose, *, since: datetime
) -> int:
    """How many tokens for that purpose were sent to the user, used or not."""
    sent = (
        (email_tokens.c.user_id == user_id)
        & (email_tokens.c.purpose == purpose)
        & (email_tokens.c.created_at > since)
    )
    query = select(func.count()).select_from(email_tokens).where(sent)
    count: int = (await db.execute(query)).scalar_one()
    return count


async def void_email_tokens(db: Transaction, user_id: UUID, *purposes: Purpose) -> None:
    """Voids the user's unused tokens for these purposes."""
    unused = (
        (email_tokens.c.user_id == user_id)
        & email_tokens.c.purpose.in_(purposes)
        & email_tokens.c.used_at.is_(None)
    )
    await db.execute(update(email_tokens).where(unused).values(used_at=now()))


def _good(token: str, purposes: tuple[Purpose, ...]) -> ColumnElement[bool]:
    return and_(
        email_tokens.c.hash == token_hash(token),
        email_tokens.c.purpose.in_(purposes),
        email_tokens.c.used_at.is_(None),
        email_tokens.c.expires_at > now(),
    )


async def is_good(db: Transaction, token: str, *purposes: Purpose) -> bool:
    """Whether a token is valid for one of these purposes."""
    return bool((await db.execute(select(exists().where(_good(token, purposes))))).scalar_one())


async def owner_for_update(db: Transaction, token: str) -> User | None:
    """The owner of a link's token, locked; None if their account is deactivated or the token does
    not exist.
    """
    owner = select(email_tokens.c.user_id).where(email_tokens.c.hash == token_hash(token))
    return await open_user_for_update(db, users.c.id == owner.scalar_subquery())


async def use_email_token(db: Transaction, token: str, *purposes: Purpose) -> EmailToken | None:
    """Redeems a token valid for one of these purposes, once; None for any other. Its owner is
    already locked.
    """
    columns = (email_tokens.c.user_id, email_tokens.c.purpose, email_tokens.c.email)
    statement = update(email_tokens).where(_good(token, purposes)).values(used_at=now())
    row = (await db.execute(statement.returning(*columns))).one_or_none()
    return None if row is None else EmailToken(row.user_id, Purpose(row.purpose), row.email)


async def insert_reset_request(db: Transaction, email_key: str) -> None:
    """Stores a reset request for an address, known or not."""
    await db.execute(
        insert(password_reset_requests).values(
            id=new_id(),
            email_key=email_key,
            request_id=request_context.get().request_id,
            created_at=now(),
        )
    )


async def take_reset_requests(db: Transaction, limit: int) -> list[ResetRequest]:
    """Removes up to `limit` requests, oldest first, and returns them. Each is processed by one
    replica.
    """
    oldest = (
        select(password_reset_requests.c.id)
        .order_by(password_reset_requests.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    statement = delete(password_reset_requests).where(
        password_reset_requests.c.id.in_(oldest.scalar_subquery())
    )
    columns = (password_reset_requests.c.email_key, password_reset_requests.c.request_id)
    rows = (await db.execute(statement.returning(*columns))).all()
    return [ResetRequest(*row) for row in rows]
