"""Messages to open pages that are never stored: a fanout exchange that every replica of
notifications consumes.

    await service.live.send(user_id, event="session.signal", data={...})

A message is lost if the user is not connected or the broker is unavailable. Anything that
must not be lost is an event in the outbox.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import aio_pika
import msgspec
from aio_pika.abc import AbstractIncomingMessage, AbstractRobustChannel, AbstractRobustConnection

from shared.ids import new_id
from shared.telemetry import log

if TYPE_CHECKING:
    from shared.broker import Messaging

EXCHANGE = "consultant-connect.live"
# Seconds within which a message is handed to the broker; after that it is dropped.
SEND_TIMEOUT = 2.0
# Milliseconds after which the broker drops messages that a replica has not consumed.
MESSAGE_TTL = 10_000
QUEUE_LENGTH = 10_000


class LiveMessage(msgspec.Struct, frozen=True):
    """A message to all open streams of one user. `event` is its name in the stream, `data` its
    content.
    """

    user_id: UUID
    event: str
    data: dict[str, Any] = {}


class LiveSender:
    """Publishes live messages over the service's connection to the broker."""

    def __init__(self, messaging: Messaging) -> None:
        self._messaging = messaging
        self._connection: AbstractRobustConnection | None = None
        self._channel: AbstractRobustChannel | None = None
        self._exchange: aio_pika.abc.AbstractExchange | None = None
        self._opening = asyncio.Lock()

    async def send(self, user_id: UUID, *, event: str, data: dict[str, Any]) -> bool:
        """Sends to all open streams of that user. Returns False if the broker could not be reached
        and the message was dropped.
        """
        body = msgspec.json.encode(LiveMessage(user_id, event, data))
        message = aio_pika.Message(body, content_type="application/json")
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                exchange = await self._open()
                if exchange is None:
                    return False
                await exchange.publish(message, routing_key="", mandatory=False)
        except (aio_pika.exceptions.AMQPError, OSError, TimeoutError, RuntimeError) as error:
            log.warning("live message lost", name=event, reason=type(error).__name__)
            return False
        return True

    async def _open(self) -> aio_pika.abc.AbstractExchange | None:
        connection = self._messaging.connection
        if connection is None:
            return None
        async with self._opening:
            if self._exchange is None or connection is not self._connection:
                self._connection = connection
                self._channel = await connection.channel(publisher_confirms=False)
                self._exchange = await declare_exchange(self._channel)
        return self._exchange


async def declare_exchange(channel: AbstractRobustChannel) -> aio_pika.abc.AbstractExchange:
    """The fanout exchange; it is transient."""
    return await channel.declare_exchange(EXCHANGE, aio_pika.ExchangeType.FANOUT, durable=False)


class LiveReceiver:
    """Consumes every live message through an exclusive queue of this process, and calls
    `on_message` with each. Reconnects after a broker outage; messages sent in the meantime are
    lost.
    """

    def __init__(self, url: str, on_message: Callable[[LiveMessage], None]) -> None:
        self._url = url
        self._on_message = on_message
        self._connection: AbstractRobustConnection | None = None
        self.connected = asyncio.Event()

    async def run(self) -> None:
        """Connects, waiting for the broker as long as necessary, and consumes until cancelled."""
        try:
            while True:
                try:
                    await self._listen()
                    self.connected.set()
                    # The connection restores itself, including queue and binding.
                    await asyncio.Event().wait()
                except (aio_pika.exceptions.AMQPError, OSError, TimeoutError) as error:
                    log.warning("live messages wait", reason=type(error).__name__)
                    await self._close()
                    await asyncio.sleep(1.0)
        finally:
            await self._close()

    async def _listen(self) -> None:
        self._connection = await aio_pika.connect_robust(
            self._url, timeout=5, reconnect_interval=1.0
        )
        channel = await self._connection.channel()
        exchange = await declare_exchange(channel)
        queue = await channel.declare_queue(
            f"{EXCHANGE}.{new_id()}",
            exclusive=True,
            auto_delete=True,
            arguments={"x-message-ttl": MESSAGE_TTL, "x-max-length": QUEUE_LENGTH},
        )
        await queue.bind(exchange)
        await queue.consume(self._receive, no_ack=True)

    async def _receive(self, message: AbstractIncomingMessage) -> None:
        try:
            decoded = msgspec.json.decode(message.body, type=LiveMessage)
        except msgspec.MsgspecError as error:
            log.error("live message is malformed", reason=str(error))
            return
        self._on_message(decoded)

    async def _close(self) -> None:
        self.connected.clear()
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):
                await connection.close()
