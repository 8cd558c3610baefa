"""What must be looked up to be known: taken every COLLECT_EVERY seconds, and shown by the gauges
until the next time.

Every replica takes them, a few statements over small partial indexes; so they are there as long as
one replica is.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING

import aio_pika
from aio_pika.abc import AbstractConnection

from shared.broker import dead_letter_queue_of, queue_of
from shared.clock import now
from shared.db import Database
from shared.events import CATALOGUE
from shared.metrics import (
    DATABASE_SIZE,
    DEAD_LETTERS,
    DEPENDENCY_UP,
    OUTBOX_LAG,
    OUTBOX_PENDING,
    QUEUE_MESSAGES,
    REFUSED_EVENTS,
)

if TYPE_CHECKING:
    from shared.service import Service

COLLECT_EVERY = 15.0

GaugeCollector = Callable[[Database], Awaitable[None]]


async def collect_gauges(service: Service, more: tuple[GaugeCollector, ...]) -> bool:
    """Job: dependencies, queues, the database's size, and the service's own. False: never more at
    once.
    """
    states = await service.health()
    for name, state in states.items():
        DEPENDENCY_UP.labels(name).set(state == "up")
    await _collect_queues(service)
    if states["database"] == "up":
        await _collect_database(service.database)
        for collect in more:
            await collect(service.database)
    return False


async def _collect_database(database: Database) -> None:
    reader = database.reader
    DATABASE_SIZE.set(await reader.value("select pg_database_size(current_database())"))
    ((pending, oldest),) = await reader.rows("select count(*), min(created_at) from outbox")
    OUTBOX_PENDING.set(pending)
    OUTBOX_LAG.set(seconds_since(oldest))
    REFUSED_EVENTS.set(await reader.value("select count(*) from refused_events"))


def seconds_since(at: datetime | None) -> float:
    """How long ago `at` was; 0 when it is yet to come, or None."""
    return max(0.0, (now() - at).total_seconds()) if at is not None else 0.0


async def _collect_queues(service: Service) -> None:
    try:
        connection = service.messaging.connection
        depths = (
            await depths_of(queues_of(service.name), connection) if connection is not None else {}
        )
    except (aio_pika.exceptions.AMQPError, OSError, TimeoutError, RuntimeError):
        depths = {}
    # Nothing rather than what was true a while ago: the alerts tell an absent value from a good
    # one.
    QUEUE_MESSAGES.clear()
    for queue, count in depths.items():
        QUEUE_MESSAGES.labels(queue).set(count)
    DEAD_LETTERS.set(depths.get(dead_letter_queue_of(service.name).name, float("nan")))


def queues_of(service: str) -> list[str]:
    """The names of the queues that `service` consumes, and of its dead letters."""
    consumed = [queue_of(service, event).name for event in CATALOGUE if service in event.CONSUMERS]
    return [*consumed, dead_letter_queue_of(service).name]


async def depths_of(queues: list[str], connection: AbstractConnection) -> dict[str, int]:
    """How many messages wait in each, those in a consumer's hands not counted. Raises AMQPError
    where one is not there.
    """
    async with connection.channel() as channel:
        found = [await channel.declare_queue(name, passive=True, timeout=5) for name in queues]
    return {queue.name: queue.declaration_result.message_count or 0 for queue in found}
