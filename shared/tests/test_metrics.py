"""Every metric changes when the event that it counts happens."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aio_pika
import asyncpg
import msgspec
import pytest
from sqlalchemy import delete

from shared import inbox
from shared.db import Database, Query, Transaction
from shared.deliveries import Delivery
from shared.events import BookingAccepted
from shared.gauges import DatabaseGauges, collect_database, collect_gauges, depths_of, queues_of
from shared.ids import new_id
from shared.inbox import Undeliverable, react
from shared.jobs import Job
from shared.leases import leases
from shared.metrics import exposition
from shared.outbox import emit
from shared.publisher import Publisher
from shared.service import Service
from shared.settings import ServiceSettings
from shared.testing import Infrastructure, ServiceHarness, eventually, metric


@pytest.fixture
async def running(
    booking: Database, infrastructure: Infrastructure, amqp_url: str
) -> AsyncIterator[Any]:
    """Booking as in a running service, without routes; its broker connection is open."""
    settings = ServiceSettings(
        database_url=infrastructure.service_urls["booking"], amqp_url=amqp_url
    )
    service = Service("booking", settings)
    watching = asyncio.create_task(service.messaging.run())

    async def is_up() -> Any:
        return service.messaging.state == "up"

    await eventually(is_up)
    yield service
    watching.cancel()
    await service.stop()
    await service.disconnect()


async def test_requests_count_by_route_status_and_time(
    harness: Callable[..., Awaitable[ServiceHarness]],
) -> None:
    booking = await harness("booking")
    was = metric("http_request_seconds_count", method="POST", route="/bookings", status="401")
    refused = metric("http_request_seconds_count", method="other", route="unknown", status="404")
    await booking.post("/bookings", json={})
    await booking.request("BREW", "/nowhere")
    assert (
        metric("http_request_seconds_count", method="POST", route="/bookings", status="401")
        == was + 1
    )
    assert metric("http_request_seconds_sum", method="POST", route="/bookings", status="401") > 0
    assert (
        metric("http_request_seconds_count", method="other", route="unknown", status="404")
        == refused + 1
    ), "what a client makes up is no label"


async def test_metrics_are_served_on_the_internal_port(
    harness: Callable[..., Awaitable[ServiceHarness]],
) -> None:
    booking = await harness("booking")
    answer = await booking.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    for family in (
        "http_request_seconds_bucket",
        "outbox_lag_seconds",
        "process_resident_memory_bytes",
    ):
        assert family in answer.text


async def test_outbox_shows_its_size_and_the_age_of_its_oldest_event(
    booking: Database, accepted: Callable[..., Any], infrastructure: Infrastructure
) -> None:
    async with booking.transaction() as db:
        await emit(db, accepted(), accepted())
    admin = await asyncpg.connect(infrastructure.admin_url)
    await admin.execute("update booking.outbox set created_at = now() - interval '1 hour'")
    await collect_database(booking)
    assert metric("outbox_pending") == 2
    assert 3600 <= metric("outbox_lag_seconds") < 3700
    await admin.execute("delete from booking.outbox")
    await admin.close()
    await collect_database(booking)
    assert (metric("outbox_pending"), metric("outbox_lag_seconds")) == (0, 0)


async def test_one_replica_counts_what_is_in_the_database_and_another_takes_over(
    booking: Database, infrastructure: Infrastructure
) -> None:
    counted = []

    async def collector(database: Any) -> None:
        counted.append(database)

    replicas = [DatabaseGauges(booking, [collector]) for _ in range(2)]
    await booking.autocommit(Query(delete(leases)))
    for _ in range(2):
        for replica in replicas:
            await replica.collect()
    assert len(counted) == 2, "the first, twice"
    assert metric("database_size_bytes") > 1_000_000
    await booking.autocommit(Query(delete(leases)))
    await replicas[1].collect()
    await replicas[0].collect()
    assert len(counted) == 3
    assert math.isnan(metric("database_size_bytes")), "the first knows it no more"


async def test_published_events_count_when_the_broker_has_them(
    booking: Database, accepted: Callable[..., Any]
) -> None:
    was = metric("events_published_total", type="booking.accepted.v1")

    async def send(_: Any) -> None:
        pass

    publisher = Publisher(booking, send, available=lambda: True)
    booking.publish = publisher.publish
    async with booking.transaction() as db:
        await emit(db, accepted())

    async def counted() -> Any:
        return metric("events_published_total", type="booking.accepted.v1") == was + 1

    await eventually(counted)
    booking.publish = None
    await publisher.close(within=1)


async def test_deliveries_count_by_what_came_of_them(
    payments: Database, accepted: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "RETRY_PAUSES", (0.0, 0.0))

    def counted() -> Any:
        outcomes = ("handled", "repeated", "retried", "dead")
        return [
            metric("event_deliveries_total", type="booking.accepted.v1", outcome=o)
            for o in outcomes
        ]

    async def on_booking_accepted(db: Transaction, event: Any) -> None:
        if event.amount == 1:
            raise ValueError("never")

    async def deliver(event: Any) -> None:
        delivery = Delivery(new_id(), event.TYPE, msgspec.json.encode(event))
        for _ in range(2):
            await react(payments, BookingAccepted, on_booking_accepted, delivery)

    was = counted()
    await deliver(accepted())
    with pytest.raises(Undeliverable):
        await deliver(accepted(amount=1))
    assert [now - before for now, before in zip(counted(), was, strict=True)] == [1, 1, 2, 1]


async def test_queues_and_dead_letters_show_what_waits(running: Any, amqp_url: str) -> None:
    connection = await aio_pika.connect(amqp_url)
    channel = await connection.channel(publisher_confirms=True)
    for name in queues_of("booking"):
        await (await channel.get_queue(name)).purge()
    waiting = queues_of("booking")[0]
    await channel.default_exchange.publish(aio_pika.Message(b"{}"), routing_key=waiting)
    for _ in range(2):
        await channel.default_exchange.publish(
            aio_pika.Message(b"{}"), routing_key="booking.dead-letters"
        )

    async def shown() -> Any:
        await collect_gauges(running)
        return metric("queue_messages", queue=waiting) == 1 and metric("dead_letters") == 2

    await eventually(shown)
    for name in (waiting, "booking.dead-letters"):
        await (await channel.get_queue(name)).purge()
    await connection.close()


async def test_a_queue_that_is_not_there_is_an_error_and_not_a_zero(running: Any) -> None:
    with pytest.raises(aio_pika.exceptions.AMQPError):
        await depths_of(["nobody.made.this"], running.messaging.connection)
    await collect_gauges(running)
    assert not math.isnan(metric("dead_letters")), "the link is still good"


async def test_dependencies_show_as_up_or_down(running: Any, booking: Database) -> None:
    await collect_gauges(running)
    assert (
        metric("dependency_up", dependency="database"),
        metric("dependency_up", dependency="broker"),
    ) == (
        1,
        1,
    )
    await running.messaging.close()

    async def broker_is_missed() -> Any:
        await collect_gauges(running)
        return metric("dependency_up", dependency="broker") == 0

    await eventually(broker_is_missed)
    assert math.isnan(metric("dead_letters")), "unknown, and not none"


async def test_jobs_count_outcomes_and_the_time_of_the_last_success() -> None:
    async def fine() -> bool:
        return False

    async def broken() -> bool:
        raise ValueError("broken")

    runs = [
        asyncio.create_task(Job(work.__name__, work, every=0.01).run()) for work in (fine, broken)
    ]

    async def counted() -> Any:
        return metric("job_runs_total", name="fine", outcome="done") and metric(
            "job_runs_total", name="broken", outcome="failed"
        )

    await eventually(counted)
    assert metric("job_last_done_timestamp_seconds", name="fine") > 1_700_000_000
    assert not metric("job_last_done_timestamp_seconds", name="broken")
    for run in runs:
        run.cancel()
    await asyncio.gather(*runs, return_exceptions=True)


def test_exposition_is_prometheus_text() -> None:
    text = exposition().decode()
    assert "# TYPE http_request_seconds histogram" in text
