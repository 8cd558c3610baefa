"""Jobs that collect values for gauges, and clear them when they are no longer known.

Each process collects the state of its own dependencies and queues. Values from the database are
collected by one replica at a time, and seldom: the replica that holds the lease exports them, the
others export nothing, and alerts use the maximum (`max by (…)`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import aio_pika
from aio_pika.abc import AbstractConnection

from shared import leases
from shared.clock import now
from shared.db import Database
from shared.events import CATALOGUE
from shared.ids import new_id
from shared.metrics import (
    DATABASE_SIZE,
    DEAD_LETTERS,
    DEPENDENCY_UP,
    OUTBOX_LAG,
    OUTBOX_PENDING,
    QUEUE_MESSAGES,
    REFUSED_EVENTS,
    clear_database_gauges,
)
from shared.topology import dead_letter_queue_of, queue_of

if TYPE_CHECKING:
    from shared.service import Service

COLLECT_EVERY = 15.0
COUNT_EVERY = 60.0
LEASE = timedelta(seconds=2.5 * COUNT_EVERY)

GaugeCollector = Callable[[Database], Awaitable[None]]


async def collect_gauges(service: Service) -> bool:
    """Job: collects this process's dependencies and queues. Returns False: never more to do at
    once.
    """
    states = await service.health()
    for name, state in states.items():
        DEPENDENCY_UP.labels(name).set(state == "up")
    await _collect_queues(service)
    return False


class DatabaseGauges:
    """Collects gauges from the database while this replica holds the lease. `collectors` are the
    service's own; their gauges are created by `shared.metrics.database_gauge`.
    """

    def __init__(self, database: Database, collectors: Sequence[GaugeCollector]) -> None:
        self._database = database
        self._collectors = (collect_database, *collectors)
        self._id = new_id()
        self._is_holder = False

    async def collect(self) -> bool:
        """Job: collects, unless another replica does. Returns False: never more to do at once."""
        acquired = await leases.acquire(
            self._database.autocommit, "database-gauges", self._id, LEASE
        )
        if self._is_holder and not acquired:
            clear_database_gauges()
        self._is_holder = acquired
        if acquired:
            for collect in self._collectors:
                await collect(self._database)
        return False


async def collect_database(database: Database) -> None:
    """GaugeCollector: the size of the database, and the events waiting in the outbox."""
    reader = database.reader
    DATABASE_SIZE.set(await reader.value("select pg_database_size(current_database())"))
    ((pending, oldest),) = await reader.rows("select count(*), min(created_at) from outbox")
    OUTBOX_PENDING.set(pending)
    OUTBOX_LAG.set(seconds_since(oldest))
    REFUSED_EVENTS.set(await reader.value("select count(*) from refused_events"))


def seconds_since(at: datetime | None) -> float:
    """How many seconds ago `at` was; 0 if it is in the future or None."""
    return max(0.0, (now() - at).total_seconds()) if at is not None else 0.0


async def _collect_queues(service: Service) -> None:
    try:
        connection = service.messaging.connection
        depths = (
            await depths_of(queues_of(service.name), connection) if connection is not None else {}
        )
    except (aio_pika.exceptions.AMQPError, OSError, TimeoutError, RuntimeError):
        depths = {}
    # Absent rather than outdated: the alerts distinguish a missing value from a good one.
    QUEUE_MESSAGES.clear()
    for queue, count in depths.items():
        QUEUE_MESSAGES.labels(queue).set(count)
    DEAD_LETTERS.set(depths.get(dead_letter_queue_of(service.name).name, float("nan")))


def queues_of(service: str) -> list[str]:
    """The names of the queues that `service` consumes, and of its dead-letter queue."""
    consumed = [queue_of(service, event).name for event in CATALOGUE if service in event.CONSUMERS]
    return [*consumed, dead_letter_queue_of(service).name]


async def depths_of(queues: list[str], connection: AbstractConnection) -> dict[str, int]:
    """How many messages are ready in each queue, not counting unacknowledged ones. Raises AMQPError
    if a queue does not exist.
    """
    async with connection.channel() as channel:
        found = [await channel.declare_queue(name, passive=True, timeout=5) for name in queues]
    return {queue.name: queue.declaration_result.message_count or 0 for queue in found}
