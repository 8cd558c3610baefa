"""The database as an operator's command uses it: `python -m services.…`, beside the running
services.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from shared.db import Database
from shared.outbox import OutboxEvent
from shared.publisher import leave_to_others


@contextlib.asynccontextmanager
async def operator_database(url: str, service: str) -> AsyncIterator[Database]:
    """The service's database. The command has no connection to the broker, so its events are
    published by the running service, at its next sweep.
    """
    written: list[UUID] = []

    def note(events: Sequence[OutboxEvent]) -> None:
        written.extend(event.event_id for event in events)

    database = Database(url, pool_size=1, name=f"{service}-operator")
    database.publish = note
    try:
        yield database
    finally:
        # What the command did is committed. If this fails, its events are published some seconds
        # later, as those of a process that died.
        with contextlib.suppress(Exception):
            if written:
                await leave_to_others(database, written)
        await database.close()
