"""A service's connections to RabbitMQ through FastStream: subscribers for its reactions, and
publishing of its events.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from functools import partial
from typing import Any

import aio_pika
from aio_pika.abc import AbstractRobustChannel, AbstractRobustConnection
from aiormq.exceptions import DeliveryError, PublishError
from faststream import AckPolicy
from faststream.rabbit import Channel, RabbitBroker
from faststream.rabbit.opentelemetry import RabbitTelemetryMiddleware
from opentelemetry.trace import TracerProvider

from shared.batched_inbox import BatchedInbox
from shared.db import Database
from shared.dead_letter_middleware import DeadLetterMiddleware
from shared.deliveries import Delivery
from shared.envelope import decoder_of, headers_of
from shared.events import BY_TYPE, Event
from shared.inbox import Reaction, Reactions, react
from shared.outbox import OutboxEvent
from shared.publisher import EventRefused
from shared.telemetry import log
from shared.topology import EXCHANGE, declare_topology, queue_of, unbind_retired_queues
from shared.tracing import under

PREFETCH = 32
PUBLISH_TIMEOUT = 10.0
# In bytes, well below the brokers' limit (16 MiB from RabbitMQ 4 on): a broker that receives more
# closes the channel and fails everything in flight on it.
MAX_EVENT_SIZE = 4 << 20
# How often, in seconds, to check whether the broker accepts messages, and its time limit to
# respond.
PROBE_EVERY = 2.0
PROBE_TIMEOUT = 2.0
# Seconds for each of the four steps of closing: a broker that works needs milliseconds, and a
# process that does not end is killed.
CLOSE_TIMEOUT = 0.5


class Messaging:
    """A service's two connections to RabbitMQ: one consumes the queues of its reactions, the other
    publishes, so that a broker that blocks publishers does not block acknowledgements. Both
    reconnect after an outage.
    """

    def __init__(
        self,
        url: str,
        service: str,
        database: Database,
        reactions: Reactions,
        tracer_provider: TracerProvider | None = None,
        inbox: BatchedInbox | None = None,
    ) -> None:
        self._service = service
        self._react = inbox.react if inbox is not None else partial(react, database)
        self._traced = tracer_provider is not None
        telemetry = (
            [RabbitTelemetryMiddleware(tracer_provider=tracer_provider)] if self._traced else []
        )
        self._publishers = _broker(url, Channel(on_return_raises=True), telemetry)
        dead_letters = partial(DeadLetterMiddleware, service=service, publishers=self._publishers)
        self._consumers = _broker(url, Channel(prefetch_count=PREFETCH), [*telemetry, dead_letters])
        self._publishing: AbstractRobustConnection | None = None
        self._consuming: AbstractRobustConnection | None = None
        self._is_connected = False
        self._probe_channel: AbstractRobustChannel | None = None
        self._blocked = False
        self._is_consuming = False
        # "up": the broker accepts messages and delivers ours; "down"; "blocked": it is reachable
        # but accepts no messages because it is short of memory or disk space.
        self.state = "down"
        for event, reaction in reactions:
            self._subscribe(event, reaction)

    def _subscribe(self, event: type[Event], reaction: Reaction) -> None:
        async def consume(delivery: Delivery) -> None:
            await self._react(event, reaction, delivery)

        self._consumers.subscriber(
            queue_of(self._service, event),
            EXCHANGE,
            # `react` retries a failing reaction and then dead-letters the delivery. After any other
            # error the message is requeued, at most x-delivery-limit times.
            ack_policy=AckPolicy.NACK_ON_ERROR,
            channel=Channel(prefetch_count=PREFETCH),
            decoder=decoder_of(event),
        )(consume)

    async def run(self) -> None:
        """Connects, waiting for the broker as long as necessary; afterwards the connections
        reconnect by themselves. Then monitors whether the broker accepts messages, until cancelled.
        """
        pause = 0.2
        while True:
            try:
                await self._connect()
                break
            # any error: a service without its broker must keep trying
            except Exception as error:
                log.warning("broker unavailable", reason=repr(error), seconds=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 1.0)
        while True:
            await self._probe()
            await asyncio.sleep(PROBE_EVERY)

    async def _connect(self) -> None:
        self._publishing = await self._publishers.connect()
        await self._publishers.start()
        self._consuming = await self._consumers.connect()
        await declare_topology(self._consumers)
        await unbind_retired_queues(self._publishing)
        await self._consumers.start()
        self._consuming.close_callbacks.add(self._on_consumers_lost)
        # Called once all subscribers are back: the connection alone delivers nothing.
        self._consuming.reconnect_callbacks.add(self._on_consumers_restored)
        self._is_consuming = self._is_connected = True

    def _on_consumers_lost(self, *_: Any) -> None:
        self._is_consuming = False

    def _on_consumers_restored(self, *_: Any) -> None:
        self._is_consuming = True

    async def _probe(self) -> None:
        """Publishes a message without a recipient and waits for the confirmation: a broker that is
        frozen or blocks publishers still responds to everything else.
        """
        try:
            async with asyncio.timeout(PROBE_TIMEOUT):
                await self._wait_until_unblocked()
                await self._publish_probe()
                if not self._is_consuming:
                    raise ConnectionError("no connection for consuming")
        except (aio_pika.exceptions.AMQPError, OSError, TimeoutError, RuntimeError):
            self._blocked = await self._is_blocked()
            self.state = "blocked" if self._blocked else "down"
        else:
            self._blocked, self.state = False, "up"

    async def _publish_probe(self) -> None:
        if self._publishing is None:
            raise ConnectionError("no connection to the broker")
        if self._probe_channel is None:
            self._probe_channel = await self._publishing.channel()
        unrouted = "consultant-connect.probe"
        await self._probe_channel.default_exchange.publish(
            aio_pika.Message(b""), unrouted, mandatory=False
        )

    async def _wait_until_unblocked(self) -> None:
        connection = self._publishing
        if connection is None or connection.transport is None:
            raise ConnectionError("no connection to the broker")
        await connection.transport.connection.ready()

    async def _is_blocked(self) -> bool:
        connection = self.connection
        if connection is None or connection.transport is None:
            return False
        try:
            async with asyncio.timeout(0.05):
                await connection.transport.connection.ready()
        except TimeoutError:
            return True
        return False

    async def stop_consuming(self) -> None:
        """Stops consuming and lets running reactions finish. Unacknowledged messages are
        redelivered to another consumer.
        """
        await _stop(self._consumers, self._consuming)

    async def close(self) -> None:
        """Stops consuming, and closes both connections, also if the broker does not answer."""
        await _stop(self._consumers, self._consuming, within=CLOSE_TIMEOUT)
        await _stop(self._publishers, self._publishing, within=CLOSE_TIMEOUT)

    @property
    def connection(self) -> AbstractRobustConnection | None:
        """The connection used for publishing, or None while it is down."""
        connection = self._publishing if self._is_connected else None
        return connection if connection is not None and connection.connected.is_set() else None

    async def healthy(self) -> bool:
        """Whether the broker accepted and delivered messages at the last check, a moment ago."""
        return self.state == "up"

    def available(self) -> bool:
        """Whether messages can be published, as far as is known."""
        return self.connection is not None and not self._blocked

    async def publish(self, event: OutboxEvent) -> None:
        """Publishes `event`, persistent and mandatory, and waits for the broker's confirmation.
        Raises EventRefused, or any other error if the broker could not be reached.
        """
        if not self.available():
            raise ConnectionError("no connection to the broker")
        if len(event.body) > MAX_EVENT_SIZE:
            raise EventRefused(f"{len(event.body)} bytes are more than {MAX_EVENT_SIZE}")
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT):
                with under(event.traceparent) if self._traced else contextlib.nullcontext():
                    await self._publishers.publish(
                        event.body,
                        exchange=EXCHANGE,
                        routing_key=event.type,
                        message_id=str(event.event_id),
                        message_type=event.type,
                        timestamp=event.created_at,
                        correlation_id=event.correlation_id,
                        content_type="application/json",
                        content_encoding="utf-8",
                        persist=True,
                        mandatory=_needs_queue(event.type),
                        headers=headers_of(event, self._service),
                    )
        except PublishError as error:
            raise EventRefused(f"no queue takes it: {error}") from error
        except DeliveryError as error:
            raise EventRefused(f"the broker did not accept it: {error}") from error


def _broker(url: str, channel: Channel, middlewares: Sequence[Any]) -> RabbitBroker:
    return RabbitBroker(
        url,
        app_id="consultant-connect",
        logger=logging.getLogger("broker"),
        apply_types=False,
        reconnect_interval=1.0,
        graceful_timeout=10.0,
        default_channel=channel,
        middlewares=middlewares,
    )


def _needs_queue(event_type: str) -> bool:
    """Whether a queue must accept the event. True for types that are no longer in the catalogue,
    because their consumers are unknown.
    """
    event = BY_TYPE.get(event_type)
    return event is None or bool(event.CONSUMERS)


async def _stop(
    broker: RabbitBroker,
    connection: AbstractRobustConnection | None,
    *,
    within: float | None = None,
) -> None:
    """Stops `broker` and closes its connection; each step takes at most `within` seconds.
    FastStream leaves the connection open if it is lost meanwhile, and it would reconnect and
    consume again.
    """
    with contextlib.suppress(Exception):
        async with asyncio.timeout(within):
            await broker.stop()
    if connection is not None:
        with contextlib.suppress(Exception):
            async with asyncio.timeout(within):
                await connection.close()
