"""Scheduled jobs other than sending mails: deleting old data and collecting gauges."""

from __future__ import annotations

from services.notifications.store import retention
from shared.db import Database
from shared.gauges import seconds_since
from shared.metrics import MAILS_OLDEST, MAILS_WAITING


async def prune_stream_events(database: Database) -> bool:
    """Job: deletes events too old for any stream to resume from. Returns whether there are more."""
    async with database.transaction() as db:
        return await retention.prune_stream_events(db)


async def collect_mails(database: Database) -> None:
    """GaugeCollector: the number of due mails, and how long the oldest has been due."""
    row = await database.reader.row(
        "select count(*) as waiting, min(due_at) as oldest from notifications.mails"
        " where state = 'due' and due_at <= now()"
    )
    assert row is not None
    MAILS_WAITING.set(row["waiting"])
    MAILS_OLDEST.set(seconds_since(row["oldest"]))
