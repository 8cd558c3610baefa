"""Live messages: received by every connected replica, and lost without harm if there is none."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import aio_pika
import pytest

from shared.ids import new_id
from shared.live import LiveMessage, LiveReceiver, LiveSender
from shared.testing import eventually

Listen = Callable[[list[LiveMessage]], LiveReceiver]


class Link:
    """The part of `Messaging` that a sender needs: the connection while it is up."""

    def __init__(self, connection: aio_pika.abc.AbstractRobustConnection | None) -> None:
        self.connection = connection


@pytest.fixture
async def sender(amqp_url: str) -> AsyncIterator[LiveSender]:
    connection = await aio_pika.connect_robust(amqp_url)
    yield LiveSender(Link(connection))  # type: ignore[arg-type]
    await connection.close()


@pytest.fixture
async def listen(amqp_url: str) -> AsyncIterator[Listen]:
    tasks: list[asyncio.Task[None]] = []

    def start(received: list[LiveMessage]) -> LiveReceiver:
        receiver = LiveReceiver(amqp_url, received.append)
        tasks.append(asyncio.create_task(receiver.run()))
        return receiver

    yield start
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_every_replica_receives_a_message_once(sender: LiveSender, listen: Listen) -> None:
    first: list[Any] = []
    second: list[Any] = []
    for received in (first, second):
        await listen(received).connected.wait()
    user = new_id()
    assert await sender.send(user, event="session.signal", data={"type": "offer"})
    expected = [LiveMessage(user, "session.signal", {"type": "offer"})]

    async def received_by_both() -> bool:
        return first == second == expected

    await eventually(received_by_both)


async def test_message_without_listener_is_lost_and_no_error(
    sender: LiveSender, listen: Listen
) -> None:
    assert await sender.send(new_id(), event="session.signal", data={})
    received: list[LiveMessage] = []
    await listen(received).connected.wait()
    later = new_id()
    await sender.send(later, event="session.signal", data={})

    async def only_the_later() -> bool:
        return [message.user_id for message in received] == [later]

    await eventually(only_the_later)


async def test_message_without_broker_is_lost_and_says_so() -> None:
    assert not await LiveSender(Link(None)).send(new_id(), event="x", data={})  # type: ignore[arg-type]


async def test_malformed_message_does_not_end_the_listening(
    amqp_url: str, sender: LiveSender, listen: Listen
) -> None:
    received: list[LiveMessage] = []
    await listen(received).connected.wait()
    connection = await aio_pika.connect(amqp_url)
    async with connection:
        exchange = await (await connection.channel()).get_exchange("consultant-connect.live")
        await exchange.publish(aio_pika.Message(b"{"), routing_key="")
    await sender.send(new_id(), event="session.signal", data={})

    async def received_the_next() -> bool:
        return len(received) == 1

    await eventually(received_the_next)
