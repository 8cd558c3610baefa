"""RabbitMQ as this project uses it: one topic exchange, one quorum queue per service and event, one
dead-letter queue per service.

Everything is derived from the catalogue and declared by every service at its start, so no publisher
outruns a consumer's queue.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from uuid import UUID

import aio_pika
from aio_pika.abc import AbstractRobustConnection, FieldValue
from aiormq.exceptions import DeliveryError, PublishError
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
from shared.outbox import OutboxEvent
from shared.publisher import EventRefused
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
# Queues of earlier versions whose service no longer needs the event: unbound at every start, so that
# nothing piles up in them.
RETIRED_QUEUES = (("payments", "booking.requested.v1"),)
PUBLISH_TIMEOUT = 10.0
# In bytes, well below what brokers take (16 MiB from RabbitMQ 4 on): a broker that is sent more
# closes the channel, and with it ends all that is on its way.
LARGEST_EVENT = 4 << 20
# How often, in seconds, it is looked whether the broker takes messages, and within what it must
# answer.
LOOK_EVERY = 2.0
ANSWER_WITHIN = 2.0


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


async def unbind_retired_queues(connection: AbstractRobustConnection) -> None:
    """Has no event go to a queue that nobody consumes any more; where there is none, nothing."""
    async with connection.channel() as channel:
        for service, event_type in RETIRED_QUEUES:
            queue = await channel.get_queue(f"{service}.{event_type}", ensure=False)
            await queue.unbind(EXCHANGE.name, routing_key=event_type)


class Messaging:
    """One service's links to RabbitMQ: one consumes its reactions' queues, the other publishes, so
    that a broker which holds back publishers does not hold back acknowledgements. Both survive the
    broker's absence.
    """

    def __init__(self, url: str, service: str, database: Database, reactions: Reactions) -> None:
        self._service = service
        self._database = database
        self._consumers = _broker(url, Channel(prefetch_count=PREFETCH))
        self._publishers = _broker(url, Channel(on_return_raises=True))
        self._connection: AbstractRobustConnection | None = None
        self._blocked = False
        # "up", "down", or "blocked": the broker is there and takes no messages for want of memory
        # or disk.
        self.state = "down"
        for event, reaction in reactions:
            self._subscribe(event, reaction)

    def _subscribe(self, event: type[Event], reaction: Reaction) -> None:
        subscriber = self._consumers.subscriber(
            queue_of(self._service, event),
            EXCHANGE,
            ack_policy=AckPolicy.MANUAL,
            channel=Channel(prefetch_count=PREFETCH),
            decoder=_undecoded,
        )

        async def consume(body: bytes) -> None:
            message: RabbitMessage = self._consumers.context.get_local("message")
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
            await self._dead_letter(message, queue_of(self._service, event).name, str(error)[:1000])
        except asyncio.CancelledError:
            with contextlib.suppress(Exception):
                await message.nack(requeue=True)
            raise
        else:
            await message.ack()

    async def _dead_letter(self, message: RabbitMessage, queue: str, reason: str) -> None:
        """Puts the message into the dead-letter queue, with where it failed and the reason beside
        it for whoever looks.
        """
        raw = message.raw_message
        log.error("dead letter", queue=queue, message_id=raw.message_id, reason=reason)
        dead_letter = aio_pika.Message(
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
            async with asyncio.timeout(PUBLISH_TIMEOUT):
                await self._publishers.publish(
                    dead_letter, exchange=DEAD_LETTERS, routing_key=self._service, mandatory=True
                )
        except (aio_pika.exceptions.AMQPError, OSError, TimeoutError) as error:
            log.warning("dead letter without its reason", error=repr(error))
            await message.reject(requeue=False)  # the broker dead-letters it, without the reason
        else:
            await message.ack()

    async def run(self) -> None:
        """Connects, waiting for the broker as long as it takes; afterwards the connections mend
        themselves. Then watches whether the broker takes messages, until cancelled.
        """
        pause = 0.2
        while True:
            try:
                await self._connect()
                break
            # whatever it is: a service without its broker must go on trying
            except Exception as error:
                log.warning("broker is away", reason=repr(error), seconds=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 1.0)
        while True:
            await self._look()
            await asyncio.sleep(LOOK_EVERY)

    async def _connect(self) -> None:
        connection = await self._publishers.connect()
        await self._publishers.start()
        await self._consumers.connect()
        await declare_topology(self._consumers)
        await unbind_retired_queues(connection)
        await self._consumers.start()
        self._connection = connection

    async def _look(self) -> None:
        """Asks the broker to confirm a message for nobody: one that is frozen, or takes nothing
        from publishers, still answers everything else.
        """
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                await self._wait_until_unblocked()
                await self._publishers.publish(
                    b"", queue="", routing_key="consultant-connect.nobody", mandatory=False
                )
        except (aio_pika.exceptions.AMQPError, OSError, TimeoutError, RuntimeError):
            self._blocked = await self._is_blocked()
            self.state = "blocked" if self._blocked else "down"
        else:
            self._blocked, self.state = False, "up"

    async def _wait_until_unblocked(self) -> None:
        connection = self._connection
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
        """Stops consuming and lets the running reactions finish. What was not acknowledged is
        delivered again elsewhere.
        """
        with contextlib.suppress(Exception):
            await self._consumers.stop()

    async def close(self) -> None:
        """Stops consuming, and closes both connections."""
        await self.stop_consuming()
        with contextlib.suppress(Exception):
            await self._publishers.stop()

    @property
    def connection(self) -> AbstractRobustConnection | None:
        """The link that is used for publishing, while it is up."""
        connection = self._connection
        return connection if connection is not None and connection.connected.is_set() else None

    async def healthy(self) -> bool:
        """Whether the broker took a message when it was last asked, a moment ago."""
        return self.state == "up"

    def available(self) -> bool:
        """Whether messages can be published, as far as is known."""
        return self.connection is not None and not self._blocked

    async def publish(self, event: OutboxEvent) -> None:
        """Publishes `event`, persistent and mandatory, and waits for the broker to confirm it.
        Raises EventRefused; anything else where the broker could not be asked.
        """
        if not self.available():
            raise ConnectionError("no connection to the broker")
        if len(event.body) > LARGEST_EVENT:
            raise EventRefused(f"{len(event.body)} bytes are more than {LARGEST_EVENT}")
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT):
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
                    mandatory=_is_heard(event.type),
                    headers=_headers(event, self._service),
                )
        except PublishError as error:
            raise EventRefused(f"no queue takes it: {error}") from error
        except DeliveryError as error:
            raise EventRefused(f"the broker did not accept it: {error}") from error


def _broker(url: str, channel: Channel) -> RabbitBroker:
    return RabbitBroker(
        url,
        app_id="consultant-connect",
        logger=logging.getLogger("broker"),
        apply_types=False,
        reconnect_interval=1.0,
        graceful_timeout=10.0,
        default_channel=channel,
    )


def _headers(event: OutboxEvent, producer: str) -> dict[str, FieldValue]:
    headers: dict[str, FieldValue] = {
        "aggregate_id": str(event.aggregate_id),
        "sequence": event.sequence,
        "causation_id": event.causation_id,
        "producer": producer,
        "traceparent": event.traceparent,
    }
    return {name: value for name, value in headers.items() if value is not None}


def _is_heard(event_type: str) -> bool:
    """Whether a queue must take it; of an event that the catalogue has lost, who knows."""
    event = BY_TYPE.get(event_type)
    return event is None or bool(event.CONSUMERS)


async def _undecoded(message: RabbitMessage) -> bytes:
    """FastStream would decode by content type; the reaction's own Struct does it better and names
    what is wrong.
    """
    return message.body


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else value.decode() if isinstance(value, bytes) else None


def _sequence(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else UNNUMBERED
