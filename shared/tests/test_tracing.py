"""Spans where they are wanted, and nothing at all where they are not."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from shared import tracing
from shared.events import BookingAccepted
from shared.ids import new_id
from shared.outbox import OutboxEvent
from shared.service import Trace, build_service
from shared.settings import ServiceSettings
from shared.telemetry import RequestContext, request_context
from shared.traced_events import publishing, reacting
from shared.tracing import Tracing, begin

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE_ID}-b7ad6b7169203331-01"
SETTINGS = ServiceSettings(
    database_url="postgresql://u:p@127.0.0.1:1/x", amqp_url="amqp://127.0.0.1:1/"
)


@pytest.fixture
def made():
    """What traces, and the finished spans."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return Tracing(provider.get_tracer("test")), exporter.get_finished_spans


@pytest.fixture(autouse=True)
def off_again(monkeypatch):
    monkeypatch.setattr(tracing, "_active", None)


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": ""},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_SDK_DISABLED": "true"},
    ],
)
def test_off_is_off(environment):
    assert begin("booking", environment) is None
    assert tracing.active() is None


def test_off_puts_nothing_in_the_way_of_a_request_or_an_event():
    app = build_service("booking", SETTINGS, [], ())
    service = app.state.service
    assert isinstance(app.asgi_handler, Trace)
    assert service.publisher._send == service.messaging.publish


def test_on_wraps_requests_and_events(monkeypatch, made):
    monkeypatch.setattr("shared.service.begin", lambda _: made[0])
    monkeypatch.setattr("shared.service.active", lambda: made[0])
    app = build_service("booking", SETTINGS, [], ())
    assert not isinstance(app.asgi_handler, Trace)
    assert app.state.service.publisher._send != app.state.service.messaging.publish


def test_on_without_the_sdk_says_what_is_missing(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(SystemExit) as caught:
        begin("booking", {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"})
    assert caught.value.code == 78
    assert "extra `telemetry`" in capsys.readouterr().err


async def request(application, *headers, method="GET"):
    answers = []

    async def send(message):
        answers.append(message)

    await application({"type": "http", "method": method, "headers": list(headers)}, None, send)
    return answers


async def test_a_request_is_a_span_under_its_caller_and_work_goes_on_under_the_span(made):
    seen = []

    async def application(scope, receive, send):
        seen.extend(value for name, value in scope["headers"] if name == b"traceparent")
        await send({"type": "http.response.start", "status": 202, "headers": []})

    traced = made[0].requests(application, lambda _: "/bookings/{booking_id}/accept")
    await request(traced, (b"traceparent", PARENT.encode()), (b"x", b"y"), method="POST")
    (span,) = made[1]()
    assert (span.name, span.kind) == ("POST /bookings/{booking_id}/accept", SpanKind.SERVER)
    assert f"{span.context.trace_id:032x}" == TRACE_ID
    assert f"{span.parent.span_id:016x}" == "b7ad6b7169203331"
    assert seen == [tracing.traceparent_of(span).encode()]
    assert span.attributes["http.response.status_code"] == 202
    assert span.status.status_code is StatusCode.UNSET


@pytest.mark.parametrize(
    "header", [[], [(b"traceparent", b"nonsense")], [(b"traceparent", b"\xff")]]
)
async def test_a_request_with_no_good_trace_begins_one(made, header):
    async def application(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    await request(made[0].requests(application, lambda _: "/x"), *header)
    (span,) = made[1]()
    assert span.parent is None


async def test_what_goes_wrong_is_marked_by_its_kind_alone(made):
    async def application(scope, receive, send):
        raise ValueError("no user ada@example.org")

    with pytest.raises(ValueError, match="no user"):
        await request(made[0].requests(application, lambda _: "/x"))
    (span,) = made[1]()
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, "ValueError")
    assert not span.events


def outbox_event():
    at = datetime.now(UTC) - timedelta(seconds=5)
    return OutboxEvent(new_id(), "booking.accepted.v1", new_id(), 1, b"{}", "r", None, PARENT, at)


async def test_an_event_is_a_span_from_its_emission_until_the_broker_has_it(made):
    got = []

    async def send(event):
        got.append(event)
        if len(got) > 1:
            raise ConnectionError

    event, send_traced = outbox_event(), publishing(made[0], send)
    await send_traced(event)
    with pytest.raises(ConnectionError):
        await send_traced(outbox_event())
    (span,) = made[1]()
    assert (span.name, span.kind) == ("publish booking.accepted.v1", SpanKind.PRODUCER)
    assert (span.end_time - span.start_time) / 1e9 >= 5
    assert got[0].traceparent == tracing.traceparent_of(span)
    assert got[0].event_id == event.event_id


async def test_a_reaction_is_a_span_under_its_message_and_keeps_its_name(made):
    seen = []

    async def on_booking_accepted(db, event):
        seen.append(request_context.get())

    ((_, traced),) = reacting(made[0], ((BookingAccepted, on_booking_accepted),))
    assert traced.__name__ == "on_booking_accepted", "the inbox remembers reactions by their names"
    token = request_context.set(RequestContext("request-1", "event-1", PARENT))
    await traced(None, None)
    assert request_context.get().traceparent == PARENT
    request_context.reset(token)
    (span,) = made[1]()
    assert (span.name, span.kind) == ("process booking.accepted.v1", SpanKind.CONSUMER)
    assert f"{span.parent.span_id:016x}" == "b7ad6b7169203331"
    assert seen == [RequestContext("request-1", "event-1", tracing.traceparent_of(span))]
