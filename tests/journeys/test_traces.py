"""One trace from the browser to the bank, with OTEL_EXPORTER_OTLP_ENDPOINT set."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from shared.testing import eventually
from tests.collector import Collector, Span
from tests.people import World
from tests.stack import Stack

SERVER, CLIENT, PRODUCER, CONSUMER = 2, 3, 4, 5  # OTLP's numbers


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.close()


@pytest.fixture(scope="module")
async def traced(run_directory: Path, collector: Collector) -> AsyncIterator[World]:
    """A separate stack with tracing enabled."""
    stack = Stack(
        run_directory / "traced",
        OTEL_EXPORTER_OTLP_ENDPOINT=collector.url,
        OTEL_BSP_SCHEDULE_DELAY="200",
    )
    try:
        published = stack.up().published
        world = World(
            published["gateway"], published["stripe_sandbox"], published["stripe_secret_key"]
        )
        yield world
        await world.close()
    finally:
        stack.down()


async def test_one_trace_runs_from_the_click_to_the_bank(
    traced: World, collector: Collector
) -> None:
    consultant, seeker = await traced.consultant(), await traced.seeker()
    booking = await seeker.request(consultant, (await consultant.offer())[0])
    trace_id, browser = secrets.token_hex(16), secrets.token_hex(8)
    headers = {"traceparent": f"00-{trace_id}-{browser}-01"}
    await consultant.call("POST", f"/bookings/{booking['id']}/accept", headers=headers)
    await seeker.sees(booking["id"], status="confirmed")

    wanted = [
        ("gateway", "POST /bookings/{booking_id}/accept", SERVER),
        ("booking", "POST /bookings/{booking_id}/accept", SERVER),
        ("booking", "consultant-connect.booking.accepted.v1 create", PRODUCER),
        ("payments", "consultant-connect.booking.accepted.v1 process", CONSUMER),
        ("payments", "stripe authorize", CLIENT),
    ]
    back = [
        ("payments", "consultant-connect.payment.authorized.v1 create", PRODUCER),
        ("booking", "consultant-connect.payment.authorized.v1 process", CONSUMER),
        ("booking", "consultant-connect.booking.confirmed.v1 create", PRODUCER),
    ]

    async def complete() -> dict[tuple[str, str, int], Span] | None:
        found = {(span.service, span.name, span.kind): span for span in collector.of(trace_id)}
        return found if set(wanted + back) <= set(found) else None

    found = await eventually(complete)
    parent = browser
    for step in wanted:
        span = found[step]
        assert span.parent_id == parent, f"{step} is not under the one before"
        assert span.start <= span.end
        parent = span.span_id
    asked = found[wanted[4]]
    assert found[back[0]].parent_id in (asked.span_id, found[wanted[3]].span_id)
    assert found[back[1]].parent_id == found[back[0]].span_id
    assert found[back[2]].parent_id == found[back[1]].span_id
    assert found[wanted[0]].attributes["http.response.status_code"] == 202
    assert found[wanted[2]].attributes["messaging.system"] == "rabbitmq"


async def test_a_request_without_a_trace_begins_one(traced: World, collector: Collector) -> None:
    answer = await traced.http.get("/consultants", params={"search": "traced"})
    assert answer.status_code == 200

    async def traced_through() -> bool:
        roots = [
            s
            for s in list(collector.spans)
            if s.name == "GET /consultants" and s.service == "gateway"
        ]
        below = {s.parent_id for s in list(collector.spans) if s.service == "directory"}
        return any(root.parent_id == "" and root.span_id in below for root in roots)

    await eventually(traced_through)


async def test_spans_contain_no_personal_data(traced: World, collector: Collector) -> None:
    marker = secrets.token_hex(8)
    seeker = await traced.person("seeker", last_name=f"L{marker}", email=f"{marker}@example.org")
    await traced.http.get("/consultants", params={"search": marker})
    await seeker.get("/users/me")

    async def is_recorded() -> bool:
        return any(span.name == "GET /users/me" for span in list(collector.spans))

    await eventually(is_recorded)
    assert not [span for span in list(collector.spans) if marker in repr(span)]
