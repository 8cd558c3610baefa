"""Scheduled jobs other than sending mails, and the collector of gauges."""

from __future__ import annotations

from services.notifications.metrics import MAILS_OLDEST, MAILS_WAITING
from services.notifications.queries import due_mails
from services.notifications.store import retention
from shared.db import Database
from shared.gauges import seconds_since


async def prune_stream_events(database: Database) -> bool:
    """Job: deletes events too old for any stream to resume from. Returns whether there are more."""
    async with database.transaction() as db:
        return await retention.prune_stream_events(db)


async def collect_mails(database: Database) -> None:
    """GaugeCollector: the number of due mails, and how long the oldest has been due."""
    number, since = await due_mails(database.reader)
    MAILS_WAITING.set(number)
    MAILS_OLDEST.set(seconds_since(since))
