"""OpenTelemetry traces, enabled by OTEL_EXPORTER_OTLP_ENDPOINT: from the browser's request through
gateway, service, outbox, broker and consumer to the call to Stripe.

The `traceparent` of a piece of work identifies its parent span. It is propagated in headers, in the
outbox, in messages and in the rows of the saga, whether tracing is enabled or not; a span only
replaces it with its own. Traced components are wrapped when the program is assembled, and where
tracing is disabled nothing is wrapped, so requests pay nothing.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from typing import Any

import msgspec
from opentelemetry import trace as api
from opentelemetry.context import Context, attach, detach
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.telemetry import request_context, valid_traceparent

Attributes = Mapping[str, str | int]
Scope = MutableMapping[str, Any]
Application = Callable[[Any, Any, Any], Awaitable[None]]

FLUSH_MILLISECONDS = 3000
_PROPAGATOR, _HEADER = TraceContextTextMapPropagator(), "traceparent"
_SWITCHES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class Tracing:
    """Creates spans, in a process with tracing enabled; `provider` is the SDK's."""

    def __init__(self, provider: api.TracerProvider) -> None:
        self.provider = provider
        self._tracer = provider.get_tracer("consultant-connect")

    def start(
        self,
        name: str,
        kind: SpanKind,
        parent: str | None,
        attributes: Attributes,
        start_time: int | None = None,
    ) -> api.Span:
        """Starts a span under `parent`, a traceparent, or as the root of a new trace if that is
        None. `start_time` is in nanoseconds.
        """
        return self._tracer.start_span(
            name, _context(parent), kind=kind, attributes=dict(attributes), start_time=start_time
        )

    @contextlib.contextmanager
    def step(self, name: str, kind: SpanKind, attributes: Attributes) -> Iterator[api.Span]:
        """A span around a part of the current work: log lines, events and calls within it belong to
        it.
        """
        current = request_context.get()
        span = self.start(name, kind, current.traceparent, attributes)
        token = request_context.set(
            msgspec.structs.replace(current, traceparent=traceparent_of(span))
        )
        try:
            yield span
        except BaseException as error:
            fail(span, type(error).__name__)
            raise
        finally:
            request_context.reset(token)
            span.end()

    def requests(self, application: Application, route_of: Callable[[Scope], str]) -> Application:
        """Wraps the ASGI `application` in a span per request; `route_of` returns its name, and is
        called at the end of the request.
        """

        async def traced(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                await application(scope, receive, send)
                return
            headers = [(name, value) for name, value in scope["headers"] if name != b"traceparent"]
            parent = next(
                (value for name, value in scope["headers"] if name == b"traceparent"), b""
            )
            method: str = scope["method"]
            span = self.start(
                method, SpanKind.SERVER, parent.decode("latin-1"), {"http.request.method": method}
            )
            scope = {
                **scope,
                "headers": [*headers, (b"traceparent", traceparent_of(span).encode())],
            }

            async def recording_send(message: Any) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                    if message["status"] >= 500:
                        fail(span, str(message["status"]))
                await send(message)

            try:
                await application(scope, receive, recording_send)
            except BaseException as error:
                fail(span, type(error).__name__)
                raise
            finally:
                route = route_of(scope)
                span.update_name(f"{method} {route}")
                span.set_attribute("http.route", route)
                span.end()

        return traced


def _context(parent: str | None) -> Context:
    # checked first, because the propagator logs a warning for some headers that any client can send
    if not valid_traceparent(parent):
        return Context()
    return _PROPAGATOR.extract({_HEADER: parent}, Context())


def traceparent_of(span: api.Span) -> str:
    """The W3C header that puts work under `span`."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier, api.set_span_in_context(span, Context()))
    return carrier[_HEADER]


def current_traceparent() -> str | None:
    """The traceparent of OpenTelemetry's current span; None if nothing is traced."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get(_HEADER)


@contextlib.contextmanager
def under(traceparent: str | None) -> Iterator[None]:
    """Makes `traceparent` OpenTelemetry's current context, for libraries that take their parent
    from it.
    """
    token = attach(_context(traceparent))
    try:
        yield
    finally:
        detach(token)


def fail(span: api.Span, why: str) -> None:
    """Marks the span as failed. `why` is the error's type, never its text, which may quote user
    input.
    """
    span.set_status(Status(StatusCode.ERROR, why))


# ---- enabling and disabling

_active: tuple[Tracing, Any] | None = None


def active() -> Tracing | None:
    """The process's Tracing; None if tracing is disabled."""
    return _active[0] if _active is not None else None


def begin(service: str, environment: Mapping[str, str] = os.environ) -> Tracing | None:
    """Enables tracing if the environment asks for it, for a process called `service`. The SDK's own
    OTEL_ variables apply. Exits with one line if the SDK is not installed.
    """
    global _active
    off = environment.get("OTEL_SDK_DISABLED", "").lower() == "true"
    if off or not any(environment.get(switch) for switch in _SWITCHES):
        _active = None
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError:
        print(  # noqa: T201
            f"Cannot start: {_SWITCHES[0]} is set, and the extra `telemetry` is not installed.",
            file=sys.stderr,
        )
        raise SystemExit(78) from None
    about = {
        "service.namespace": "consultant-connect",
        "service.name": service,
        "service.instance.id": f"{socket.gethostname()}:{os.getpid()}",
    }
    provider = TracerProvider(resource=Resource.create(about), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    _active = Tracing(provider), provider
    return _active[0]


def end() -> None:
    """Exports the remaining spans, for a few seconds at most."""
    if _active is not None:
        _active[1].force_flush(FLUSH_MILLISECONDS)
