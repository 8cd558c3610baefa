"""Deletes expired rows in batches."""

from datetime import datetime

from sqlalchemy import ColumnElement, Table, delete, select

from services.identity.domain.tokens import REFRESH_LIFE
from services.identity.tables import email_tokens, refresh_families, refresh_tokens
from shared.db import Transaction


async def purge_expired(db: Transaction, at: datetime, limit: int) -> bool:
    """Deletes up to `limit` expired sessions, refresh tokens and link tokens each. Returns whether
    there may be more. A session that keeps being refreshed is kept, but its refresh tokens older
    than the maximum idle time of a session have expired, used or not.
    """
    counts = (
        await _purge(db, refresh_families, refresh_families.c.expires_at <= at, limit),
        await _purge(db, refresh_tokens, refresh_tokens.c.created_at <= at - REFRESH_LIFE, limit),
        await _purge(db, email_tokens, email_tokens.c.expires_at <= at, limit),
    )
    return max(counts) == limit


async def _purge(db: Transaction, table: Table, which: ColumnElement[bool], limit: int) -> int:
    (key,) = table.primary_key.columns
    batch = select(key).where(which).limit(limit).with_for_update(skip_locked=True)
    result = await db.execute(delete(table).where(key.in_(batch.scalar_subquery())))
    return result.rowcount
