"""A database for booking and one for payments, and a broker connection: the smallest system with a
producer and a consumer.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import aio_pika
import asyncpg
import pytest
from opentelemetry.trace import TracerProvider

from shared import publisher as publishing
from shared.broker import Messaging
from shared.db import Database
from shared.events import BookingAccepted
from shared.ids import new_id
from shared.inbox import Reactions
from shared.publisher import Publisher
from shared.services import SERVICES
from shared.testing import Infrastructure, eventually
from shared.topology import dead_letter_queue_of


@pytest.fixture
async def booking(infrastructure: Infrastructure) -> AsyncIterator[Database]:
    """Booking's database, with an empty outbox and inbox."""
    async with _emptied(infrastructure, "booking") as database:
        yield database


@pytest.fixture
async def payments(infrastructure: Infrastructure) -> AsyncIterator[Database]:
    """Payments' database, with an empty outbox and inbox."""
    async with _emptied(infrastructure, "payments") as database:
        yield database


@contextlib.asynccontextmanager
async def _emptied(infrastructure: Infrastructure, service: str) -> AsyncIterator[Database]:
    admin = await asyncpg.connect(infrastructure.admin_url)
    tables = ("outbox", "refused_events", "aggregate_sequences", "inbox", "idempotency_keys")
    await admin.execute(f"truncate {', '.join(f'{service}.{table}' for table in tables)}")
    await admin.close()
    database = Database(infrastructure.service_urls[service], name=service)
    yield database
    await database.close()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows count as abandoned at once, and the sweep runs continuously."""
    monkeypatch.setattr(publishing, "ABANDONED_AFTER", 0.0)
    monkeypatch.setattr(publishing, "SWEEP_EVERY", 0.02)


@pytest.fixture
async def link(amqp_url: str) -> AsyncIterator[Callable[..., Awaitable[Messaging]]]:
    """Creates broker connections that are up, and closes them at the end: `await link("payments",
    database, reactions)`. Events committed by `database` are published over it.
    """
    made: list[tuple[Messaging, Database, list[asyncio.Task[None]]]] = []

    async def make(
        service: str,
        database: Database,
        reactions: Reactions = (),
        tracer_provider: TracerProvider | None = None,
        url: str = amqp_url,
    ) -> Messaging:
        messaging = Messaging(url, service, database, reactions, tracer_provider)
        publisher = Publisher(database, messaging.publish, available=messaging.available)
        database.publish = publisher.publish
        tasks = [asyncio.create_task(work.run()) for work in (messaging, publisher)]
        made.append((messaging, database, tasks))

        async def is_up() -> bool:
            return messaging.state == "up"

        await eventually(is_up)
        return messaging

    yield make
    for messaging, database, tasks in made:
        database.publish = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await messaging.close()
    if made:
        await _drop_dead_letters(amqp_url)


async def _drop_dead_letters(amqp_url: str) -> None:
    """No test finds those of another."""
    connection = await aio_pika.connect(amqp_url)
    channel = await connection.channel()
    for service in SERVICES:
        queue = await channel.declare_queue(dead_letter_queue_of(service).name, passive=True)
        await queue.purge()
    await connection.close()


@pytest.fixture
def accepted() -> Callable[..., BookingAccepted]:
    """Creates BookingAccepted events: `accepted(amount=1)`."""

    def make(**fields: object) -> BookingAccepted:
        start = datetime.now(UTC) + timedelta(days=1)
        values: dict[str, object] = {
            "booking_id": new_id(),
            "seeker_id": new_id(),
            "consultant_id": new_id(),
            "slot_id": new_id(),
            "scheduled_start": start,
            "scheduled_end": start + timedelta(hours=1),
            "amount": 10_000,
            "currency": "usd",
            "commission_bps": 1500,
            "commission_amount": 1500,
            **fields,
        }
        return BookingAccepted(**values)  # type: ignore[arg-type]

    return make
