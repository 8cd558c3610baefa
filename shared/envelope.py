"""Converts an event's envelope to and from message properties and headers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

import aio_pika
from aio_pika.abc import AbstractIncomingMessage, FieldValue
from faststream.rabbit import RabbitMessage

from shared.deliveries import UNNUMBERED, Delivery
from shared.events import Event
from shared.inbox import Undeliverable
from shared.outbox import OutboxEvent
from shared.tracing import current_traceparent

# What `headers_of` writes; a message may get further headers on its way.
ENVELOPE_HEADERS = ("aggregate_id", "sequence", "causation_id", "producer", "traceparent")


def headers_of(event: OutboxEvent, producer: str) -> dict[str, FieldValue]:
    """The message headers: the part of the envelope that has no AMQP property. An event that no
    other event caused is caused by its request; an event of a job starts a trace of its own.
    """
    return {
        "aggregate_id": str(event.aggregate_id),
        "sequence": event.sequence,
        "causation_id": event.causation_id or event.correlation_id or str(event.event_id),
        "producer": producer,
        "traceparent": event.traceparent or _own_traceparent(event.event_id),
    }


def copy_of(
    message: AbstractIncomingMessage, headers: Mapping[str, FieldValue]
) -> aio_pika.Message:
    """The same event as a new persistent message, with these headers."""
    return aio_pika.Message(
        message.body,
        message_id=message.message_id,
        type=message.type,
        timestamp=message.timestamp,
        correlation_id=message.correlation_id,
        content_type=message.content_type,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        headers=dict(headers),
    )


def _own_traceparent(event_id: UUID) -> str:
    """A trace that starts with the event, the same at each publication. It is flagged as sampled:
    otherwise a consumer that records traces would leave this one out.
    """
    return f"00-{event_id.hex}-{event_id.hex[16:]}-01"


def decoder_of(event: type[Event]) -> Callable[[RabbitMessage], Awaitable[Delivery]]:
    """FastStream's decoder for messages of `event`: turns the envelope into a Delivery. The body is
    decoded later, into the reaction's own Struct, whose errors name the invalid fields.
    """

    async def decode(message: RabbitMessage) -> Delivery:
        raw = message.raw_message
        try:
            event_id = UUID(str(raw.message_id))
        except ValueError as error:
            raise Undeliverable(f"message_id is not a UUID: {raw.message_id!r}") from error
        return Delivery(
            event_id=event_id,
            type=event.TYPE,
            body=raw.body,
            correlation_id=raw.correlation_id,
            traceparent=current_traceparent() or _text(raw.headers.get("traceparent")),
            sequence=_sequence(raw.headers.get("sequence")),
        )

    return decode


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else value.decode() if isinstance(value, bytes) else None


def _sequence(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else UNNUMBERED
