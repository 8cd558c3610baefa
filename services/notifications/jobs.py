"""Scheduled jobs other than sending mails."""

from __future__ import annotations

from services.notifications.store import retention
from shared.db import Database


async def prune_stream_events(database: Database) -> bool:
    """Job: deletes events too old for any stream to resume from. Returns whether there are more."""
    async with database.transaction() as db:
        return await retention.prune_stream_events(db)
