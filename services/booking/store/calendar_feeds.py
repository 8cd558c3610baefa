"""Secret addresses of calendar feeds."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete
from sqlalchemy.dialects.postgresql import insert

from services.booking.tables import calendar_feeds
from shared.db import Transaction

_insert = insert(calendar_feeds)
_PUT = _insert.on_conflict_do_update(
    index_elements=["user_id"],
    set_={name: _insert.excluded[name] for name in ("token_hash", "created_at")},
)
_DELETE = delete(calendar_feeds).where(calendar_feeds.c.user_id == bindparam("of_user"))


async def put_feed(db: Transaction, user_id: UUID, token_hash: bytes, at: datetime) -> None:
    """Stores a new address for a user's feed; the old one becomes void."""
    row = {"user_id": user_id, "token_hash": token_hash, "created_at": at}
    await db.execute(_PUT, row)


async def delete_feed(db: Transaction, user_id: UUID) -> None:
    """Deletes a user's feed, if there is one."""
    await db.execute(_DELETE, {"of_user": user_id})
