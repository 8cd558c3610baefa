"""RabbitMQ as this project uses it: one topic exchange, one quorum queue per service and event, one
dead-letter queue per service.

Everything is derived from the catalogue and declared by every service at its start, so no publisher
outruns a consumer's queue.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from uuid import UUID

import aio_pika
from aio_pika.abc import AbstractRobustChannel, AbstractRobustConnection, AbstractRobustExchange
from aiormq.exceptions import DeliveryError
from faststream import AckPolicy
from faststream.rabbit import (
    Channel,
    ExchangeType,
    QueueType,
    RabbitBroker,
    RabbitExchange,
    RabbitQueue,
)
from faststream.rabbit.annotations import RabbitMessage

from shared.db import Database
from shared.events import BY_TYPE, CATALOGUE, Event
from shared.inbox import UNNUMBERED, Delivery, Reaction, Reactions, Undeliverable, react
from shared.outbox import Outgoing
from shared.telemetry import log

EXCHANGE = RabbitExchange("consultant-connect", type=ExchangeType.TOPIC, durable=True)
DEAD_LETTERS = RabbitExchange(
    "consultant-connect.dead-letters", type=ExchangeType.DIRECT, durable=True
)
SERVICES = ("identity", "directory", "booking", "payments", "notifications")
# Deliveries of one message before the broker itself gives it up: only a message that kills its
# consumer gets there.
DELIVERY_LIMIT = 20
PREFETCH = 32
PUBLISH_TIMEOUT = 10.0


def queue_of(service: str, event: type[Event]) -> RabbitQueue:
    """The durable queue in which `event` waits for `service`."""
    return RabbitQueue(
        f"{service}.{event.TYPE}",
        queue_type=QueueType.QUORUM,
        durable=True,
        routing_key=event.TYPE,
        arguments={
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": DEAD_LETTERS.name,
            "x-dead-letter-routing-key": service,
        },
    )


def dead_letter_queue_of(service: str) -> RabbitQueue:
    """Where the deliveries that `service` could not handle wait for an operator."""
    return RabbitQueue(
        f"{service}.dead-letters", queue_type=QueueType.QUORUM, durable=True, routing_key=service
    )


async def declare_topology(broker: RabbitBroker) -> None:
    """Declares exchange, queues, bindings and dead letters of all services. Idempotent."""
    exchange = await broker.declare_exchange(EXCHANGE)
    dead = await broker.declare_exchange(DEAD_LETTERS)
    for service in SERVICES:
        queue = await broker.declare_queue(dead_letter_queue_of(service))
        await queue.bind(dead, routing_key=service)
    for event in CATALOGUE:
        for service in event.CONSUMERS:
            queue = await broker.declare_queue(queue_of(service, event))
            await queue.bind(exchange, routing_key=event.TYPE)


class Messaging:
    """One service's link to RabbitMQ: consumes its reactions' queues, publishes its outbox.
    Survives the broker's absence.
    """

    def __init__(self, url: str, service: str, database: Database, reactions: Reactions) -> None:
        self._url = url
        self._service = service
        self._database = database
        self._broker = RabbitBroker(
            url,
            logger=logging.getLogger("broker"),
            apply_types=False,
            reconnect_interval=1.0,
            graceful_timeout=10.0,
            default_channel=Channel(prefetch_count=PREFETCH, on_return_raises=True),
        )
        self._publishing: AbstractRobustConnection | None = None
        self._exchange: AbstractRobustExchange | None = None
        self._channel: AbstractRobustChannel | None = None
        for event, reaction in reactions:
            self._subscribe(event, reaction)
        self.connected = False

    def _subscribe(self, event: type[Event], reaction: Reaction) -> None:
        subscriber = self._broker.subscriber(
            queue_of(self._service, event),
            EXCHANGE,
            ack_policy=AckPolicy.MANUAL,
            channel=Channel(prefetch_count=PREFETCH),
            decoder=_undecoded,
        )

        async def consume(body: bytes) -> None:
            message: RabbitMessage = self._broker.context.get_local("message")
            await self._handle(event, reaction, message)

        subscriber(consume)

    async def _handle(self, event: type[Event], reaction: Reaction, message: RabbitMessage) -> None:
        raw = message.raw_message
        try:
            delivery = Delivery(
                event_id=UUID(str(raw.message_id)),
                type=event.TYPE,
                body=raw.body,
                correlation_id=raw.correlation_id,
                traceparent=_text(raw.headers.get("traceparent")),
                sequence=_sequence(raw.headers.get("sequence")),
            )
            await react(self._database, event, reaction, delivery)
        except (Undeliverable, ValueError) as error:
            await self._bury(message, queue_of(self._service, event).name, str(error)[:1000])
        except asyncio.CancelledError:
            with contextlib.suppress(Exception):
                await message.nack(requeue=True)
            raise
        else:
            await message.ack()

    async def _bury(self, message: RabbitMessage, queue: str, reason: str) -> None:
        """Puts the message into the dead-letter queue, with where it died and the reason beside it
        for whoever looks.
        """
        raw = message.raw_message
        log.error("dead letter", queue=queue, message_id=raw.message_id, reason=reason)
        letter = aio_pika.Message(
            raw.body,
            message_id=raw.message_id,
            type=raw.type,
            timestamp=raw.timestamp,
            correlation_id=raw.correlation_id,
            content_type=raw.content_type,
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            headers={**raw.headers, "reason": reason, "queue": queue},
        )
        try:
            assert self._channel is not None
            graves = await self._channel.get_exchange(DEAD_LETTERS.name, ensure=False)
            await graves.publish(
                letter, routing_key=self._service, mandatory=True, timeout=PUBLISH_TIMEOUT
            )
        except (aio_pika.exceptions.AMQPError, OSError, TimeoutError) as error:
            log.warning("dead letter without its reason", error=repr(error))
            await message.reject(requeue=False)  # the broker buries it itself, without the reason
        else:
            await message.ack()

    async def run(self) -> None:
        """Connects, waiting for the broker as long as it takes; afterwards the connections mend
        themselves.
        """
        pause = 0.2
        while True:
            try:
                await self._connect()
                self.connected = True
                return
            # whatever it is: a service without its broker must go on trying
            except Exception as error:
                log.warning("broker is away", reason=repr(error), seconds=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 1.0)

    async def _connect(self) -> None:
        if self._publishing is None:
            self._publishing = await aio_pika.connect_robust(
                self._url, timeout=5, reconnect_interval=1.0
            )
            channel = await self._publishing.channel(publisher_confirms=True, on_return_raises=True)
            self._channel = channel
        await self._broker.connect()
        await declare_topology(self._broker)
        assert self._channel is not None
        self._exchange = await self._channel.get_exchange(EXCHANGE.name, ensure=True)  # type: ignore[assignment]
        await self._broker.start()

    async def close(self) -> None:
        """Stops consuming, lets the running reactions finish, closes. What was not acknowledged is
        delivered again elsewhere.
        """
        with contextlib.suppress(Exception):
            await self._broker.stop()
        if self._publishing is not None:
            with contextlib.suppress(Exception):
                await self._publishing.close()

    @property
    def connection(self) -> AbstractRobustConnection | None:
        """The link that is used for publishing, while it is up."""
        connection = self._publishing
        return connection if connection is not None and connection.connected.is_set() else None

    async def healthy(self) -> bool:
        """Whether the broker can be used right now."""
        connection = self._publishing
        return self.connected and connection is not None and connection.connected.is_set()

    async def publish(self, batch: Sequence[Outgoing]) -> Sequence[Outgoing]:
        """Publishes `batch` in order, persistent, confirmed, mandatory; returns the confirmed ones.
        An event that was returned as unroutable, or not confirmed, stays in the outbox and is tried
        again.
        """
        exchange = self._exchange
        if exchange is None or not await self.healthy():
            return ()
        results = await asyncio.gather(
            *(self._publish_one(exchange, o) for o in batch), return_exceptions=True
        )
        confirmed: list[Outgoing] = []
        for outgoing, result in zip(batch, results, strict=True):
            if result is None:
                confirmed.append(outgoing)
            elif isinstance(result, DeliveryError):
                log.error("unroutable event", event_type=outgoing.type, event_id=outgoing.event_id)
            elif isinstance(result, asyncio.CancelledError):
                raise result
            else:
                log.warning(
                    "event not confirmed", event_type=outgoing.type, reason=type(result).__name__
                )
        return confirmed

    async def _publish_one(self, exchange: AbstractRobustExchange, outgoing: Outgoing) -> None:
        headers: dict[str, str | int | None] = {
            "aggregate_id": str(outgoing.aggregate_id),
            "sequence": outgoing.sequence,
            "causation_id": outgoing.causation_id,
            "producer": self._service,
            "traceparent": outgoing.traceparent,
        }
        message = aio_pika.Message(
            outgoing.body,
            message_id=str(outgoing.event_id),
            type=outgoing.type,
            timestamp=outgoing.created_at,
            correlation_id=outgoing.correlation_id,
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            app_id="consultant-connect",
            headers={name: value for name, value in headers.items() if value is not None},
        )
        event = BY_TYPE.get(outgoing.type)
        mandatory = event is None or bool(event.CONSUMERS)
        await exchange.publish(
            message, routing_key=outgoing.type, mandatory=mandatory, timeout=PUBLISH_TIMEOUT
        )


async def _undecoded(message: RabbitMessage) -> bytes:
    """FastStream would decode by content type; the reaction's own Struct does it better and names
    what is wrong.
    """
    return message.body


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else value.decode() if isinstance(value, bytes) else None


def _sequence(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else UNNUMBERED
