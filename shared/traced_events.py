"""Traces through outbox and broker: a span from an event's emission until the broker has it, and
one for each reaction to it.

Both wrap what a service is put together from, so that outbox, broker and inbox know nothing of it.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import msgspec
from opentelemetry import trace as api
from opentelemetry.trace import SpanKind

from shared.inbox import Reactions, disregard
from shared.outbox import Outgoing, Publish
from shared.tracing import Tracing, traceparent_of


def publishing(tracing: Tracing, publish: Publish) -> Publish:
    """`publish` with a span per event, from the moment that it was emitted until the broker has it."""

    async def traced(batch: Sequence[Outgoing]) -> Sequence[Outgoing]:
        spans = {outgoing.position: _published(tracing, outgoing) for outgoing in batch}
        placed = [
            msgspec.structs.replace(one, traceparent=traceparent_of(spans[one.position]))
            for one in batch
        ]
        confirmed = await publish(placed)
        # What the broker has not taken comes again, with its lag in its span; one of each try would
        # flood the collector.
        for outgoing in confirmed:
            spans[outgoing.position].end()
        return confirmed

    return traced


def _published(tracing: Tracing, outgoing: Outgoing) -> api.Span:
    return tracing.start(
        f"publish {outgoing.type}",
        SpanKind.PRODUCER,
        outgoing.traceparent,
        {
            "messaging.system": "rabbitmq",
            "messaging.operation.type": "send",
            "messaging.destination.name": outgoing.type,
            "messaging.message.id": str(outgoing.event_id),
        },
        int(outgoing.created_at.timestamp() * 1e9),
    )


def reacting(tracing: Tracing, reactions: Reactions) -> Reactions:
    """`reactions` with a span each, under the message's."""
    return tuple(
        (event, reaction if reaction is disregard else _reaction(tracing, event.TYPE, reaction))
        for event, reaction in reactions
    )


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
