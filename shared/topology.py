"""The RabbitMQ topology: one topic exchange, one quorum queue per service and event, one
dead-letter queue per service.

It is derived from the catalogue and declared by every service at startup, so no publisher is ahead
of a consumer's queue.
"""

from __future__ import annotations

from aio_pika.abc import AbstractRobustConnection
from faststream.rabbit import ExchangeType, QueueType, RabbitBroker, RabbitExchange, RabbitQueue

from shared.events import CATALOGUE, Event
from shared.services import SERVICES

EXCHANGE = RabbitExchange("consultant-connect", type=ExchangeType.TOPIC, durable=True)
DEAD_LETTERS = RabbitExchange(
    "consultant-connect.dead-letters", type=ExchangeType.DIRECT, durable=True
)
# Deliveries of one message before the broker dead-letters it: only a message that kills its
# consumer reaches this limit.
DELIVERY_LIMIT = 20
# Queues of earlier versions whose service no longer needs the event: unbound at every start, so
# that no messages accumulate in them.
RETIRED_QUEUES = (
    ("payments", "booking.requested.v1"),
    ("payments", "booking.declined.v1"),
    ("payments", "booking.expired.v1"),
    ("payments", "booking.confirmed.v1"),
    ("payments", "session.started.v1"),
)


def queue_of(service: str, event: type[Event]) -> RabbitQueue:
    """The durable queue of `service` for `event`."""
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
    """The queue for deliveries that `service` could not handle, until an operator deals
    with them.
    """
    return RabbitQueue(
        f"{service}.dead-letters", queue_type=QueueType.QUORUM, durable=True, routing_key=service
    )


async def declare_topology(broker: RabbitBroker) -> None:
    """Declares exchange, queues, bindings and dead-letter queues of all services. Idempotent."""
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
    """Unbinds queues that are no longer consumed, if they exist."""
    async with connection.channel() as channel:
        for service, event_type in RETIRED_QUEUES:
            queue = await channel.get_queue(f"{service}.{event_type}", ensure=False)
            await queue.unbind(EXCHANGE.name, routing_key=event_type)
