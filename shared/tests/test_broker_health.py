"""What a service reports about a broker that is unavailable, frozen, or blocks publishers for lack
of memory; and that events published meanwhile arrive after its recovery.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from shared import broker as messages
from shared import publisher as publishing
from shared.broker import Messaging
from shared.db import Database
from shared.events import BookingAccepted
from shared.outbox import emit
from shared.testing import Broker, Relay, eventually

Make = Callable[..., Any]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shortens the interval and the time limit of the checks."""
    monkeypatch.setattr(messages, "PROBE_EVERY", 0.1)
    monkeypatch.setattr(messages, "PROBE_TIMEOUT", 1.0)
    monkeypatch.setattr(messages, "PUBLISH_TIMEOUT", 1.0)
    monkeypatch.setattr(publishing, "ABANDONED_AFTER", 0.5)
    monkeypatch.setattr(publishing, "SWEEP_EVERY", 0.1)


@pytest.fixture
async def relay(amqp_url: str) -> AsyncIterator[Relay]:
    """The network between service and broker."""
    place = urlsplit(amqp_url)
    assert place.hostname is not None
    assert place.port is not None
    async with Relay(place.hostname, place.port) as made:
        yield made


def through(relay: Relay, amqp_url: str) -> str:
    place = urlsplit(amqp_url)
    return place._replace(
        netloc=f"{place.username}:{place.password}@127.0.0.1:{relay.port}"
    ).geturl()


@pytest.fixture
def memory_alarm(rabbitmq: Broker) -> Iterator[Callable[[bool], None]]:
    """Raises or clears the broker's memory alarm; it is cleared at the end."""

    def set_to(raised: bool) -> None:
        rabbitmq.control("set_vm_memory_high_watermark", "0.0000001" if raised else "0.4")

    yield set_to
    set_to(False)


async def until(messaging: Messaging, state: str) -> None:
    async def is_so() -> bool:
        return messaging.state == state

    await eventually(is_so)


async def collecting(link: Make, payments: Database) -> list[BookingAccepted]:
    """What payments receives, over an undisturbed connection."""
    got: list[BookingAccepted] = []

    async def on_booking_accepted(_db: Any, event: BookingAccepted) -> None:
        got.append(event)

    await link("payments", payments, ((BookingAccepted, on_booking_accepted),))
    return got


async def emitted(database: Database, event: BookingAccepted) -> None:
    async with database.transaction() as db:
        await emit(db, event)


async def test_broker_that_is_frozen_is_down_and_gets_its_events_when_it_goes_on(
    booking: Database, payments: Database, link: Make, accepted: Make, relay: Relay, amqp_url: str
) -> None:
    got = await collecting(link, payments)
    messaging = await link("booking", booking, url=through(relay, amqp_url))
    relay.freeze()
    await until(messaging, "down")
    await emitted(booking, event := accepted())
    assert got == []
    relay.thaw()
    await until(messaging, "up")

    async def arrived() -> bool:
        return event in got

    await eventually(arrived)


async def test_broker_that_cannot_be_reached_is_down_until_it_can(
    booking: Database, payments: Database, link: Make, accepted: Make, relay: Relay, amqp_url: str
) -> None:
    got = await collecting(link, payments)
    messaging = await link("booking", booking, url=through(relay, amqp_url))
    relay.cut()
    await until(messaging, "down")
    assert not messaging.available()
    await emitted(booking, event := accepted())
    relay.restore()
    await until(messaging, "up")

    async def arrived() -> bool:
        return event in got

    await eventually(arrived)


async def test_connections_closed_while_the_broker_is_away_do_not_come_back(
    payments: Database, link: Make, relay: Relay, amqp_url: str
) -> None:
    """A draining service would consume again."""

    async def on_booking_accepted(_db: Any, _event: BookingAccepted) -> None: ...

    reactions = ((BookingAccepted, on_booking_accepted),)
    messaging = await link("payments", payments, reactions, url=through(relay, amqp_url))
    relay.cut()
    await messaging.close()
    assert [task for task in asyncio.all_tasks() if "RobustConnection" in repr(task)] == []


async def test_connections_are_closed_though_a_frozen_broker_does_not_answer(
    payments: Database,
    link: Make,
    relay: Relay,
    amqp_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(messages, "CLOSE_TIMEOUT", 0.1)
    messaging = await link("payments", payments, url=through(relay, amqp_url))
    relay.freeze()
    async with asyncio.timeout(60):
        await messaging.close()
    assert [task for task in asyncio.all_tasks() if "RobustConnection" in repr(task)] == []


async def test_broker_that_delivers_nothing_is_down_though_it_takes_events(
    booking: Database, payments: Database, link: Make, accepted: Make, relay: Relay, amqp_url: str
) -> None:
    got: list[BookingAccepted] = []

    async def on_booking_accepted(_db: Any, event: BookingAccepted) -> None:
        got.append(event)

    reactions = ((BookingAccepted, on_booking_accepted),)
    messaging = await link("payments", payments, reactions, url=through(relay, amqp_url))
    publisher = await link("booking", booking)
    await until(publisher, "up")
    for _ in range(2):
        await until(messaging, "up")
        relay.refuse()
        consuming = await messaging._consumers.connect()
        await consuming.transport.connection.close(ConnectionError("lost"))
        await until(messaging, "down")
        assert messaging.available()  # what it has to tell is told all the same
        await emitted(booking, event := accepted())
        relay.restore()

        async def arrived(event: BookingAccepted = event) -> bool:
            return event in got

        await eventually(arrived)
    assert len(got) == 2


async def test_broker_without_memory_is_blocked_and_takes_events_when_it_has_some(
    booking: Database,
    payments: Database,
    link: Make,
    accepted: Make,
    memory_alarm: Callable[[bool], None],
) -> None:
    got = await collecting(link, payments)
    messaging = await link("booking", booking)
    await asyncio.to_thread(memory_alarm, True)
    await until(messaging, "blocked")
    assert not messaging.available()
    await emitted(booking, event := accepted())
    await asyncio.to_thread(memory_alarm, False)
    await until(messaging, "up")

    async def arrived() -> bool:
        return event in got

    await eventually(arrived)
