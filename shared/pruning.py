"""Deletes old rows in batches, along an index. A single statement over millions of rows would
exceed its time limit, roll back, and never succeed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, delete, select, true, tuple_
from sqlalchemy.engine import CursorResult

from shared.clock import now
from shared.db import Database

BATCH = 2_000
AN_HOUR = 3_600.0


@dataclass(frozen=True, eq=False)
class Retention:
    """How long the rows of a table are kept: until `kept_for` after `since`. `since` must be
    indexed; if the index is partial, `where` is its condition. Rows are looked for `every` so many
    seconds.
    """

    table: Table
    since: Column[Any]
    kept_for: timedelta = timedelta(0)
    where: ColumnElement[bool] | None = None
    every: float = AN_HOUR

    def expired(self, limit: int = BATCH) -> Select[Any]:
        """Selects the keys of the rows to delete, the oldest first. Rows that are locked are left
        for the next time.
        """
        return (
            select(*self.table.primary_key.columns)
            .where(self.since < now() - self.kept_for, true() if self.where is None else self.where)
            .order_by(self.since)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )


async def prune(database: Database, retention: Retention, *, batch: int = BATCH) -> bool:
    """Deletes at most `batch` rows that are no longer kept. Returns whether there are probably
    more.
    """
    table = retention.table
    key = tuple_(*table.primary_key.columns)
    async with database.transaction() as db:
        deleted: CursorResult[Any] = await db.execute(
            delete(table).where(key.in_(retention.expired(batch)))
        )
    return deleted.rowcount == batch
