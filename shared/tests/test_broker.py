"""With a real RabbitMQ: the envelope, dead letters and their replay, and broker outages."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import aio_pika
import pytest
from pamqp.common import FieldTable
from typer.testing import CliRunner

from shared import dead_letters, inbox, publisher, refused_events
from shared.broker import Messaging
from shared.db import Database, Transaction
from shared.events import BookingAccepted
from shared.ids import new_id
from shared.outbox import emit
from shared.telemetry import RequestContext, request_context
from shared.testing import eventually
from shared.topology import EXCHANGE, RETIRED_QUEUES


async def emitted(database: Any, *events: Any) -> None:
    async with database.transaction() as db:
        await emit(db, *events)


async def test_an_event_travels_with_its_envelope_and_takes_effect(
    booking: Database,
    payments: Database,
    link: Callable[..., Any],
    accepted: Callable[..., Any],
    amqp_url: str,
) -> None:
    got = []

    async def on_booking_accepted(db: Transaction, event: Any) -> None:
        got.append((event, request_context.get()))

    await link("booking", booking)
    await link("payments", payments, ((BookingAccepted, on_booking_accepted),))
    event = accepted()
    token = request_context.set(RequestContext("request-42"))
    await emitted(booking, event)
    request_context.reset(token)

    async def arrived() -> Any:
        return got

    await eventually(arrived)
    assert got[0][0] == event
    assert got[0][1].request_id == "request-42"
    assert await payments.reader.value("select reaction from inbox") == "on_booking_accepted"


async def test_what_cannot_be_handled_waits_as_a_dead_letter_and_can_be_replayed(
    booking: Database,
    payments: Database,
    link: Callable[..., Any],
    accepted: Callable[..., Any],
    amqp_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(inbox, "RETRY_PAUSES", (0.0,))
    got, broken = [], True

    async def on_booking_accepted(db: Transaction, event: Any) -> None:
        if broken:
            raise ValueError("a bug in this release")
        got.append(event.amount)

    await link("booking", booking)
    await link("payments", payments, ((BookingAccepted, on_booking_accepted),))
    connection = await aio_pika.connect(amqp_url)

    async def listed() -> Any:
        channel = await connection.channel()
        count = await dead_letters.list_dead_letters(channel)
        await channel.close()
        return count == 1

    await emitted(booking, accepted(amount=77))
    await eventually(listed)
    assert "  ValueError: a bug in this release" in capsys.readouterr().out
    broken = False
    channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
    assert len(await dead_letters.replay(channel, None)) == 1
    await channel.close()

    async def handled() -> Any:
        return got == [77]

    await eventually(handled)
    await connection.close()


async def test_a_replayed_dead_letter_that_fails_again_is_replayed_once_more_or_dropped(
    booking: Database,
    payments: Database,
    link: Callable[..., Any],
    accepted: Callable[..., Any],
    amqp_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(inbox, "RETRY_PAUSES", ())
    tries = []

    async def on_booking_accepted(db: Transaction, event: Any) -> None:
        tries.append(event.amount)
        raise ValueError("still broken")

    await link("booking", booking)
    await link("payments", payments, ((BookingAccepted, on_booking_accepted),))
    connection = await aio_pika.connect(amqp_url)
    channel = await connection.channel(publisher_confirms=True, on_return_raises=True)

    async def died(times: Any) -> Any:
        async def so_often() -> Any:
            other = await connection.channel()
            found = [letter async for letter in dead_letters.dead_letters(other)]
            await other.close()
            return len(tries) == times and found

        return await eventually(so_often)

    await emitted(booking, accepted(amount=78))
    await died(1)
    for times in (2, 3):
        assert len(await dead_letters.replay(channel, None)) == 1
        await channel.close()  # what it has not acknowledged is back
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        (letter,) = await died(times)
        assert dead_letters.origin(letter) == "payments.booking.accepted.v1"
    assert await dead_letters.drop(channel, [letter.message_id]) == [
        f"payments.booking.accepted.v1/{letter.message_id}"
    ]
    assert '"amount":78' in capsys.readouterr().out
    assert await dead_letters.list_dead_letters(channel) == 0
    await connection.close()


@pytest.mark.parametrize(
    ("message_id", "body", "reason"),
    [("none", b"{}", "message_id is not a UUID"), (str(new_id()), b"{", "DecodeError")],
)
async def test_message_that_is_none_of_ours_is_a_dead_letter_at_once(
    payments: Database,
    link: Callable[..., Any],
    amqp_url: str,
    message_id: Any,
    body: Any,
    reason: Any,
) -> None:
    async def on_booking_accepted(db: Transaction, event: Any) -> None:
        raise AssertionError("never called")

    await link("payments", payments, ((BookingAccepted, on_booking_accepted),))
    connection = await aio_pika.connect(amqp_url)
    channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
    message = aio_pika.Message(body, message_id=message_id)
    await channel.default_exchange.publish(message, routing_key="payments.booking.accepted.v1")
    dead = await channel.get_queue("payments.dead-letters")

    async def arrived() -> Any:
        return await dead.get(no_ack=True, fail=False)

    found = await eventually(arrived)
    assert reason in found.headers["reason"]
    assert dead_letters.origin(found) == "payments.booking.accepted.v1"
    await connection.close()


async def test_one_event_in_two_queues_is_replayed_and_dropped_in_the_one_that_is_meant(
    amqp_url: str,
) -> None:
    connection = await aio_pika.connect(amqp_url)
    channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
    event_id, queues = str(new_id()), ("booking.user.updated.v1", "payments.user.updated.v1")
    for queue in queues:
        dead = aio_pika.Message(b"{}", message_id=event_id, headers={"queue": queue})
        service = queue.partition(".")[0]
        await channel.default_exchange.publish(dead, routing_key=f"{service}.dead-letters")
    with pytest.raises(dead_letters.Ambiguous, match=r"payments\.user\.updated\.v1"):
        await dead_letters.drop(channel, [event_id])
    await channel.close()
    channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
    meant, other = (f"{queue}/{event_id}" for queue in queues)
    assert await dead_letters.drop(channel, [meant]) == [meant]
    assert await dead_letters.replay(channel, [meant]) == []
    await channel.close()
    channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
    assert await dead_letters.replay(channel, [other]) == [other]
    for queue in queues:
        await (await channel.get_queue(queue)).purge()
    await connection.close()


async def test_event_that_no_queue_takes_is_put_aside_until_an_operator_replays_it(
    booking: Database,
    link: Callable[..., Any],
    accepted: Callable[..., Any],
    amqp_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(publisher, "ABANDONED_AFTER", 0.0)
    monkeypatch.setattr(publisher, "SWEEP_EVERY", 0.02)
    monkeypatch.setattr(publisher, "REFUSALS", 1)
    await link("booking", booking)
    async with unbound(amqp_url, BookingAccepted):
        await emitted(booking, accepted())
        reason = await eventually(partial(refused, booking))
    assert "NO_ROUTE" in reason
    monkeypatch.setenv("DATABASE_URL", booking.url)
    await refused_events.show_list()
    event_id = await booking.reader.value("select event_id from refused_events")
    assert f"booking.outbox/{event_id}" in capsys.readouterr().out
    assert await refused_events.replay([f"payments.outbox/{event_id}"]) == 0
    assert await refused_events.replay([f"booking.outbox/{event_id}"]) == 1
    connection = await aio_pika.connect(amqp_url)
    queue = await (await connection.channel()).get_queue("payments.booking.accepted.v1")

    async def arrived() -> Any:
        return await queue.get(no_ack=True, fail=False)

    message = await eventually(arrived)
    assert (message.message_id, message.headers["sequence"]) == (str(event_id), 1)
    await connection.close()


async def test_event_that_is_too_large_is_put_aside_and_its_siblings_get_through(
    booking: Database,
    link: Callable[..., Any],
    accepted: Callable[..., Any],
    amqp_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(publisher, "ABANDONED_AFTER", 0.0)
    monkeypatch.setattr(publisher, "SWEEP_EVERY", 0.02)
    monkeypatch.setattr(publisher, "REFUSALS", 1)
    await link("booking", booking)
    connection = await aio_pika.connect(amqp_url)
    channel = await connection.channel()
    queue = await channel.get_queue("payments.booking.accepted.v1")
    await queue.purge()
    small = [accepted() for _ in range(5)]
    await emitted(booking, *small[:2], accepted(currency="x" * (5 << 20)), *small[2:])
    assert "bytes are more than" in await eventually(partial(refused, booking))

    async def all_there() -> Any:
        declared = await channel.declare_queue(queue.name, passive=True)
        return (declared.declaration_result.message_count or 0) >= 5

    await eventually(all_there)
    assert await booking.reader.value("select count(*) from outbox") == 0
    await queue.purge()
    await connection.close()


async def refused(database: Any) -> Any:
    return await database.reader.value("select reason from refused_events")


@contextlib.asynccontextmanager
async def unbound(amqp_url: str, event: Any) -> AsyncIterator[Any]:
    """Unbinds the event's queues within the block."""
    connection = await aio_pika.connect(amqp_url)
    channel = await connection.channel()
    queues = [await channel.get_queue(f"{service}.{event.TYPE}") for service in event.CONSUMERS]
    for queue in queues:
        await queue.unbind(EXCHANGE.name, routing_key=event.TYPE)
    yield
    for queue in queues:
        await queue.bind(EXCHANGE.name, routing_key=event.TYPE)
        await queue.purge()
    await connection.close()


async def test_command_lists_where_nothing_else_is_said_and_names_what_is_wrong(
    booking: Database, amqp_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ran(*arguments: Any) -> Any:
        return await asyncio.to_thread(CliRunner().invoke, dead_letters.cli, arguments)

    assert (await ran("list")).exit_code == 2, "AMQP_URL is missing"
    monkeypatch.setenv("AMQP_URL", amqp_url)
    monkeypatch.setenv("DATABASE_URL", booking.url)
    listed = await ran()
    assert listed.exit_code == 0, listed.output
    assert "0 refused events" in listed.output
    assert (await ran("replay")).exit_code == 2, "neither addresses nor --all"
    assert (await ran("drop", "booking.outbox/none")).exit_code == 1
    monkeypatch.setenv("AMQP_URL", "amqp://x:y@127.0.0.1:1/")
    assert (await ran("list")).exit_code == 1


async def test_queue_that_its_service_no_longer_needs_gets_nothing(
    booking: Database, link: Callable[..., Any], amqp_url: str
) -> None:
    (service, event_type), *_ = RETIRED_QUEUES
    connection = await aio_pika.connect(amqp_url)
    channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
    exchange = await channel.declare_exchange(EXCHANGE.name, "topic", durable=True)
    arguments: FieldTable = {"x-queue-type": "quorum", "x-delivery-limit": 20}
    queue = await channel.declare_queue(
        f"{service}.{event_type}", durable=True, arguments=arguments
    )
    await queue.bind(exchange, routing_key=event_type)
    await link("booking", booking)
    await exchange.publish(aio_pika.Message(b"{}"), routing_key=event_type, mandatory=False)
    assert await queue.get(fail=False) is None
    await queue.delete(if_unused=False, if_empty=False)
    await connection.close()


async def test_a_service_starts_without_a_broker(
    booking: Database, accepted: Callable[..., Any]
) -> None:
    messaging = Messaging("amqp://x:y@127.0.0.1:1/", "booking", booking, ())
    connecting = asyncio.create_task(messaging.run())
    assert not messaging.available()
    assert messaging.state == "down"
    connecting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await connecting
    await messaging.close()
