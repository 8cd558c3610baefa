"""A broker that records what it was sent, and processes that publish to it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from shared.db import Database
from shared.events import BookingAccepted
from shared.outbox import OutboxEvent, emit
from shared.publisher import EventRefused, Publisher
from shared.testing import eventually


class Broker:
    """Records what it was sent. It can be unavailable, and refuses the events in `refuses`."""

    def __init__(self) -> None:
        self.sent: list[OutboxEvent] = []
        self.away = False
        self.refuses: Callable[[OutboxEvent], str | None] = lambda _: None

    async def send(self, event: OutboxEvent) -> None:
        if self.away:
            raise ConnectionError("away")
        reason = self.refuses(event)
        if reason is not None:
            raise EventRefused(reason)
        self.sent.append(event)

    def available(self) -> bool:
        return not self.away


@contextlib.asynccontextmanager
async def replica(database: Database, broker: Broker) -> AsyncIterator[Publisher]:
    """A process that publishes its own commits, and the events left by others."""
    made = Publisher(database, broker.send, available=broker.available)
    database.publish = made.publish
    task = asyncio.create_task(made.run())
    try:
        yield made
    finally:
        database.publish = None
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def emitted(database: Database, *events: BookingAccepted) -> None:
    async with database.transaction() as db:
        await emit(db, *events)


async def until_empty(database: Database) -> None:
    async def empty() -> bool:
        return bool(await database.reader.value("select count(*) = 0 from outbox"))

    await eventually(empty)


async def until_swept(database: Database, sweeper: Publisher) -> None:
    async def empty() -> bool:
        await sweeper.sweep()
        return bool(await database.reader.value("select count(*) = 0 from outbox"))

    await eventually(empty)
