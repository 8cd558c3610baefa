"""Events are published at least once, whatever happens to the process that wrote them or to the
broker.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import text

from shared import publisher as publishing
from shared.db import Database
from shared.events import BookingAccepted
from shared.ids import new_id
from shared.operators import operator_database
from shared.outbox import OutboxEvent
from shared.publisher import Publisher
from shared.testing import Infrastructure
from shared.tests.publishers import Broker, emitted, replica, until_empty, until_swept

Make = Callable[..., BookingAccepted]


@pytest.mark.usefixtures("quick")
async def test_what_could_not_be_sent_is_published_when_the_broker_is_back(
    booking: Database, accepted: Make
) -> None:
    broker = Broker()
    broker.away = True
    async with replica(booking, broker):
        await emitted(booking, accepted(), accepted())
        assert await booking.reader.value("select count(*) from outbox") == 2
        broker.away = False
        await until_empty(booking)
    assert len({event.event_id for event in broker.sent}) == 2


@pytest.mark.usefixtures("quick")
async def test_replica_without_a_broker_has_its_events_published_by_its_sibling(
    booking: Database, accepted: Make, infrastructure: Infrastructure
) -> None:
    sibling = Database(infrastructure.service_urls["booking"], name="booking")
    cut_off, working = Broker(), Broker()
    cut_off.away = True
    events = [accepted() for _ in range(5)]
    async with replica(booking, cut_off), replica(sibling, working):
        for event in events:
            await emitted(booking, event)
        await until_empty(booking)
    await sibling.close()
    assert cut_off.sent == []
    assert {one.aggregate_id for one in working.sent} == {event.booking_id for event in events}


async def test_row_of_a_working_sibling_is_left_to_it_for_some_seconds(
    booking: Database, accepted: Make
) -> None:
    broker = Broker()
    sweeper = Publisher(booking, broker.send, available=broker.available)
    await emitted(booking, accepted())
    assert await sweeper.sweep() is False
    assert broker.sent == []


@pytest.mark.usefixtures("quick")
async def test_sweeps_at_once_publish_each_row_once(
    booking: Database, accepted: Make, infrastructure: Infrastructure
) -> None:
    sibling = Database(infrastructure.service_urls["booking"], name="booking")
    broker = Broker()
    sweepers = [
        Publisher(one, broker.send, available=broker.available) for one in (booking, sibling)
    ]
    await emitted(booking, *(accepted() for _ in range(40)))
    await asyncio.gather(*(sweeper.sweep() for sweeper in sweepers for _ in range(3)))
    await until_empty(booking)
    await sibling.close()
    assert Counter(one.event_id for one in broker.sent).most_common(1)[0][1] == 1
    assert len(broker.sent) == 40


@pytest.mark.usefixtures("quick")
async def test_row_that_the_broker_refuses_again_and_again_is_put_aside_and_holds_up_nobody(
    booking: Database, accepted: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "REFUSALS", 1)
    broker, bad = Broker(), accepted()
    broker.refuses = lambda e: "too large" if e.aggregate_id == bad.booking_id else None
    async with replica(booking, broker):
        await emitted(booking, bad)
        await emitted(booking, *(accepted() for _ in range(5)))
        await until_empty(booking)
    assert len({event.event_id for event in broker.sent}) == 5
    (row,) = await booking.reader.rows("select aggregate_id, sequence, reason from refused_events")
    assert tuple(row) == (bad.booking_id, 1, "too large")


@pytest.mark.usefixtures("quick")
async def test_refused_row_is_tried_again_after_a_pause(booking: Database, accepted: Make) -> None:
    broker, answers = Broker(), iter(["no queue"])
    broker.refuses = lambda _: next(answers, None)
    sweeper = Publisher(booking, broker.send, available=broker.available)
    await emitted(booking, accepted())
    await sweeper.sweep()
    await sweeper.sweep()
    assert broker.sent == []
    row = await booking.reader.row("select refusals, retry_at > now() as waits from outbox")
    assert row is not None
    assert tuple(row) == (1, True)
    await until_swept(booking, sweeper)
    assert len(broker.sent) == 1


@pytest.mark.usefixtures("quick")
async def test_row_is_put_aside_at_its_last_refusal_and_not_after_it(
    booking: Database, accepted: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "REFUSALS", 2)
    broker = Broker()
    broker.refuses = lambda _: "too large"
    sweeper = Publisher(booking, broker.send, available=broker.available)
    await emitted(booking, accepted())
    for aside in (0, 1):
        async with booking.transaction() as db:
            await db.execute(text("update outbox set retry_at = now()"))
        await sweeper.sweep()
        assert await booking.reader.value("select count(*) from refused_events") == aside
        assert await booking.reader.value("select count(*) from outbox") == 1 - aside


@pytest.mark.usefixtures("quick")
async def test_abandoned_rows_are_published_in_the_order_in_which_they_were_written(
    booking: Database, accepted: Make
) -> None:
    broker, one = Broker(), new_id()
    sweeper = Publisher(booking, broker.send, available=broker.available)
    await emitted(booking, *(accepted(booking_id=one) for _ in range(3)))
    async with booking.transaction() as db:  # which moves the row behind the others on its page
        await db.execute(text("update outbox set retry_at = now() where sequence = 1"))
    await sweeper.sweep()
    assert [event.sequence for event in broker.sent] == [1, 2, 3]


@pytest.mark.usefixtures("quick")
async def test_sweep_goes_on_at_once_only_if_the_broker_took_a_whole_batch(
    booking: Database, accepted: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "SWEEP_BATCH", 2)
    broker = Broker()
    sweeper = Publisher(booking, broker.send, available=broker.available)
    await emitted(booking, *(accepted() for _ in range(3)))
    broker.away = True
    assert await sweeper.sweep() is False
    broker.away = False
    assert await sweeper.sweep() is True
    assert await sweeper.sweep() is False
    assert len(broker.sent) == 3


async def test_event_of_an_operators_command_is_published_at_the_next_sweep(
    booking: Database, accepted: Make
) -> None:
    broker = Broker()
    sweeper = Publisher(booking, broker.send, available=broker.available)
    async with operator_database(booking.url, "booking") as database:
        await emitted(database, event := accepted())
        await sweeper.sweep()
        assert broker.sent == []  # it could still be a running process's own
    await sweeper.sweep()
    assert [one.aggregate_id for one in broker.sent] == [event.booking_id]


@pytest.mark.usefixtures("quick")
async def test_publisher_goes_on_after_an_error_that_nobody_thought_of(
    booking: Database, accepted: Make
) -> None:
    broker = Broker()
    failures: list[OutboxEvent] = []

    async def breaks_once(event: OutboxEvent) -> None:
        if not failures:
            failures.append(event)
            raise ValueError("unheard of")
        await broker.send(event)

    made = Publisher(booking, breaks_once, available=broker.available)
    task = asyncio.create_task(made.run())
    await emitted(booking, accepted())
    await until_empty(booking)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(broker.sent) == 1


async def test_events_beyond_those_on_their_way_are_left_to_the_sweep(
    booking: Database, accepted: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "MAX_IN_FLIGHT", 2)
    broker, release = Broker(), asyncio.Event()

    async def slow(event: OutboxEvent) -> None:
        await release.wait()
        await broker.send(event)

    made = Publisher(booking, slow, available=broker.available)
    booking.publish = made.publish
    for _ in range(3):
        await emitted(booking, accepted())
    booking.publish = None
    release.set()
    await made.close(within=10)
    assert len(broker.sent) == 2
    assert await booking.reader.value("select count(*) from outbox") == 1


async def test_row_whose_deletion_failed_is_deleted_later(
    booking: Database, accepted: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise ConnectionError("away")

    broker = Broker()
    made = Publisher(booking, broker.send, available=broker.available)
    booking.publish = made.publish
    with monkeypatch.context() as during:
        await emitted(booking, accepted())
        during.setattr(booking, "autocommit", fails)
        await made.close(within=10)
    booking.publish = None
    assert await booking.reader.value("select count(*) from outbox") == 1
    await made.close(within=10)
    assert await booking.reader.value("select count(*) from outbox") == 0
    assert len(broker.sent) == 1


async def test_closing_waits_for_what_is_on_its_way(booking: Database, accepted: Make) -> None:
    broker, release = Broker(), asyncio.Event()

    async def slow(event: OutboxEvent) -> None:
        await release.wait()
        await broker.send(event)

    made = Publisher(booking, slow, available=broker.available)
    booking.publish = made.publish
    await emitted(booking, accepted())
    closing = asyncio.create_task(made.close(within=10))
    release.set()
    await closing
    booking.publish = None
    assert len(broker.sent) == 1
    assert await booking.reader.value("select count(*) from outbox") == 0
