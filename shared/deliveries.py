"""Messages as received, and the event that is being processed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from shared.telemetry import RequestContext, request_context

# The sequence of an event from a publisher that does not number events yet, during an upgrade. Such
# an event is never stale, because only the order of arrival is known.
UNNUMBERED = 0


class Delivery(msgspec.Struct, frozen=True):
    """A message as received: the ids of its envelope and the bytes of its body."""

    event_id: UUID
    type: str
    body: bytes
    correlation_id: str | None = None
    traceparent: str | None = None
    sequence: int = UNNUMBERED


_sequence: ContextVar[int] = ContextVar("sequence", default=UNNUMBERED)


def event_sequence() -> int:
    """The sequence, within its aggregate, of the event being processed."""
    return _sequence.get()


def event_id() -> UUID:
    """The id of the event being processed."""
    cause = request_context.get().causation_id
    assert cause is not None, "a reaction runs for a delivery"
    return UUID(cause)


def event_instant() -> datetime:
    """When the event being processed was created: its id begins with the Unix time in
    milliseconds.
    """
    return datetime.fromtimestamp((event_id().int >> 80) / 1000, UTC)


@contextlib.contextmanager
def processing(delivery: Delivery) -> Iterator[None]:
    """Within the block, the request context and `event_sequence` are those of `delivery`."""
    token = request_context.set(
        RequestContext(delivery.correlation_id, str(delivery.event_id), delivery.traceparent)
    )
    numbered = _sequence.set(delivery.sequence)
    try:
        yield
    finally:
        _sequence.reset(numbered)
        request_context.reset(token)
