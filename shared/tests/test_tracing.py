"""Spans if tracing is enabled, and no overhead if it is not."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import NonRecordingSpan, SpanKind, StatusCode

from shared import inbox, tracing
from shared.db import Database, Transaction
from shared.events import BookingAccepted
from shared.outbox import emit
from shared.request_middleware import RequestMiddleware
from shared.service import Service, build_application
from shared.settings import ServiceSettings
from shared.telemetry import RequestContext, request_context
from shared.testing import eventually
from shared.tracing import Tracing, begin

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE_ID}-b7ad6b7169203331-01"
SETTINGS = ServiceSettings(
    database_url="postgresql://u:p@127.0.0.1:1/x", amqp_url="amqp://127.0.0.1:1/"
)


@pytest.fixture
def made() -> Any:
    """The Tracing, and its finished spans."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return Tracing(provider), exporter.get_finished_spans


@pytest.fixture(autouse=True)
def off_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "_active", None)


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": ""},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_SDK_DISABLED": "true"},
    ],
)
def test_off_is_off(environment: Any) -> None:
    assert begin("booking", environment) is None
    assert tracing.active() is None


def test_off_puts_nothing_in_the_way_of_a_request_or_an_event() -> None:
    app = build_application(Service("booking", SETTINGS), [])
    assert isinstance(app.asgi_handler, RequestMiddleware)


def test_on_wraps_requests_and_events(monkeypatch: pytest.MonkeyPatch, made: Any) -> None:
    monkeypatch.setattr("shared.service.begin", lambda _: made[0])
    monkeypatch.setattr("shared.service.active", lambda: made[0])
    app = build_application(Service("booking", SETTINGS), [])
    assert not isinstance(app.asgi_handler, RequestMiddleware)


def test_on_without_the_sdk_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(SystemExit) as caught:
        begin("booking", {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"})
    assert caught.value.code == 78
    assert "extra `telemetry`" in capsys.readouterr().err


async def request(application: Any, *headers: Any, method: str = "GET") -> Any:
    answers = []

    async def send(message: Any) -> None:
        answers.append(message)

    await application({"type": "http", "method": method, "headers": list(headers)}, None, send)
    return answers


async def test_a_request_is_a_span_under_its_caller_and_work_goes_on_under_the_span(
    made: Any,
) -> None:
    seen: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        seen.extend(value for name, value in scope["headers"] if name == b"traceparent")
        await send({"type": "http.response.start", "status": 202, "headers": []})

    traced = made[0].requests(application, lambda _: "/bookings/{booking_id}/accept")
    await request(traced, (b"traceparent", PARENT.encode()), (b"x", b"y"), method="POST")
    (span,) = made[1]()
    assert (span.name, span.kind) == ("POST /bookings/{booking_id}/accept", SpanKind.SERVER)
    assert f"{span.context.trace_id:032x}" == TRACE_ID
    assert f"{span.parent.span_id:016x}" == "b7ad6b7169203331"
    assert seen == [tracing.traceparent_of(NonRecordingSpan(span.context)).encode()]
    assert span.attributes["http.response.status_code"] == 202
    assert span.status.status_code is StatusCode.UNSET


@pytest.mark.parametrize(
    "header",
    [
        [],
        [(b"traceparent", b"nonsense")],
        [(b"traceparent", b"\xff")],
        [(b"traceparent", PARENT.encode() + b"0" * 512)],
    ],
)
async def test_a_request_with_no_good_trace_begins_one(
    made: Any, header: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    await request(made[0].requests(application, lambda _: "/x"), *header)
    (span,) = made[1]()
    assert span.parent is None
    assert not caplog.records, "a client cannot fill the log"


async def test_what_goes_wrong_is_marked_by_its_kind_alone(made: Any) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        raise ValueError("no user ada@example.org")

    with pytest.raises(ValueError, match="no user"):
        await request(made[0].requests(application, lambda _: "/x"))
    (span,) = made[1]()
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, "ValueError")
    assert not span.events


async def test_an_event_is_traced_from_its_emission_to_its_reaction(
    made: Any,
    booking: Database,
    payments: Database,
    link: Callable[..., Any],
    accepted: Callable[..., Any],
) -> None:
    seen: list[Any] = []

    async def on_booking_accepted(db: Transaction, event: Any) -> None:
        seen.append(request_context.get().traceparent)

    provider = made[0].provider
    await link("booking", booking, tracer_provider=provider)
    await link("payments", payments, ((BookingAccepted, on_booking_accepted),), provider)
    token = request_context.set(RequestContext("request-1", None, PARENT))
    async with booking.transaction() as db:
        await emit(db, accepted())
    request_context.reset(token)

    async def finished() -> Any:
        spans = {span.kind: span for span in made[1]()}
        return spans if {SpanKind.PRODUCER, SpanKind.CONSUMER} <= set(spans) and seen else None

    spans = await eventually(finished)
    consumed = spans[SpanKind.CONSUMER]
    assert {f"{span.context.trace_id:032x}" for span in spans.values()} == {TRACE_ID}
    assert seen == [tracing.traceparent_of(NonRecordingSpan(consumed.context))], (
        "what it emits is under it"
    )
    assert consumed.name == "consultant-connect.booking.accepted.v1 process"


async def test_reaction_that_fails_is_marked_by_its_kind_alone(
    made: Any,
    booking: Database,
    payments: Database,
    link: Callable[..., Any],
    accepted: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inbox, "RETRY_PAUSES", ())

    async def on_booking_accepted(db: Transaction, event: Any) -> None:
        raise LookupError("no user ada@example.org")

    provider = made[0].provider
    await link("booking", booking)
    await link("payments", payments, ((BookingAccepted, on_booking_accepted),), provider)
    async with booking.transaction() as db:
        await emit(db, accepted())

    async def finished() -> Any:
        return [span for span in made[1]() if span.kind is SpanKind.CONSUMER and span.parent]

    (span, *_) = await eventually(finished)
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, "LookupError")
    assert not span.events
