"""Scheduled jobs of notifications beside the sending of mails: what is old is forgotten, what waits
is counted.
"""

from __future__ import annotations

from services.notifications.store import retention
from shared.db import Database
from shared.gauges import seconds_since
from shared.metrics import MAILS_OLDEST, MAILS_WAITING


async def forget_old_events(database: Database) -> bool:
    """Job: drops what no stream resumes from any more; whether there is more."""
    async with database.transaction() as db:
        return await retention.forget_events(db)


async def forget_the_rest(database: Database) -> bool:
    """Job: drops what is too old to be of use; whether there is more."""
    return await retention.forget_the_rest(database)


async def collect_mails(database: Database) -> None:
    """Gauges: mails that are due, and for how long the oldest of them has been."""
    row = await database.reader.row(
        "select count(*) as waiting, min(due_at) as oldest from notifications.mails"
        " where state = 'due' and due_at <= now()"
    )
    assert row is not None
    MAILS_WAITING.set(row["waiting"])
    MAILS_OLDEST.set(seconds_since(row["oldest"]))
