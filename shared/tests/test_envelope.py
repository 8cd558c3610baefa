"""The envelope says of every event what caused it and which trace it is part of."""

from __future__ import annotations

from uuid import UUID

from shared.clock import now
from shared.envelope import headers_of
from shared.ids import new_id
from shared.outbox import OutboxEvent
from shared.telemetry import valid_traceparent

TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def event(
    *, request: str | None = None, cause: UUID | None = None, traceparent: str | None = None
) -> OutboxEvent:
    causation_id = str(cause) if cause else None
    return OutboxEvent(
        new_id(),
        "booking.accepted.v1",
        new_id(),
        3,
        b"{}",
        request,
        causation_id,
        traceparent,
        now(),
    )


def test_an_event_of_a_reaction_names_the_event_that_caused_it() -> None:
    cause = new_id()
    headers = headers_of(event(request="r", cause=cause, traceparent=TRACEPARENT), "booking")
    assert (headers["causation_id"], headers["traceparent"]) == (str(cause), TRACEPARENT)


def test_an_event_of_a_request_names_the_request() -> None:
    assert headers_of(event(request="r"), "booking")["causation_id"] == "r"


def test_an_event_of_a_job_is_its_own_cause_and_begins_a_trace() -> None:
    made = event()
    headers = headers_of(made, "booking")
    assert headers["causation_id"] == str(made.event_id)
    assert valid_traceparent(str(headers["traceparent"]))
    assert headers_of(made, "booking") == headers
