"""Deletes old rows in batches, along an index. A single statement over millions of rows would
exceed its time limit, roll back, and never succeed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, delete, select, true, tuple_
from sqlalchemy.engine import CursorResult

from shared.clock import now
from shared.db import Database

BATCH = 2_000


async def prune(
    database: Database,
    table: Table,
    at: Column[Any],
    kept_for: timedelta,
    *,
    where: ColumnElement[bool] | None = None,
    batch: int = BATCH,
) -> bool:
    """Deletes at most `batch` rows of `table` whose `at` is older than `kept_for`. Returns whether
    there are probably more. `at` must be indexed; if the index is partial, `where` is its
    condition.
    """
    key = list(table.primary_key.columns)
    oldest = (
        select(*key)
        .where(at < now() - kept_for, true() if where is None else where)
        .order_by(at)
        .limit(batch)
        .with_for_update(skip_locked=True)
    )
    async with database.transaction() as db:
        deleted: CursorResult[Any] = await db.execute(delete(table).where(tuple_(*key).in_(oldest)))
    return deleted.rowcount == batch
