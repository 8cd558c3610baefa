"""Traces through outbox and broker: a span from an event's emission until the broker has it, and
one for each reaction to it.

Both wrap what a service is put together from, so that outbox, broker and inbox know nothing of it.
"""

from __future__ import annotations

import functools
from typing import Any

import msgspec
from opentelemetry import trace as api
from opentelemetry.trace import SpanKind

from shared.inbox import Reactions
from shared.outbox import OutboxEvent
from shared.publisher import Send
from shared.tracing import Tracing, traceparent_of


def publishing(tracing: Tracing, send: Send) -> Send:
    """`send` with a span per event, from the moment that it was emitted until the broker has it."""

    async def traced(event: OutboxEvent) -> None:
        span = _published(tracing, event)
        await send(msgspec.structs.replace(event, traceparent=traceparent_of(span)))
        # What the broker has not taken comes again, with its lag in its span; one of each try would
        # flood the collector.
        span.end()

    return traced


def _published(tracing: Tracing, event: OutboxEvent) -> api.Span:
    return tracing.start(
        f"publish {event.type}",
        SpanKind.PRODUCER,
        event.traceparent,
        {
            "messaging.system": "rabbitmq",
            "messaging.operation.type": "send",
            "messaging.destination.name": event.type,
            "messaging.message.id": str(event.event_id),
        },
        int(event.created_at.timestamp() * 1e9),
    )


def reacting(tracing: Tracing, reactions: Reactions) -> Reactions:
    """`reactions` with a span each, under the message's."""
    return tuple((event, _reaction(tracing, event.TYPE, reaction)) for event, reaction in reactions)


def _reaction(tracing: Tracing, type_: str, reaction: Any) -> Any:
    attributes = {
        "messaging.system": "rabbitmq",
        "messaging.operation.type": "process",
        "messaging.destination.name": type_,
    }

    @functools.wraps(reaction)  # its name is what the inbox remembers
    async def traced(db: Any, event: Any) -> None:
        with tracing.step(f"process {type_}", SpanKind.CONSUMER, attributes):
            await reaction(db, event)

    return traced
