"""What makes a service out of its routes, reactions and jobs: health, metrics, logs, errors,
tokens, transactions, lifespan.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, Router, get
from litestar.config.app import AppConfig
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException, ValidationException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ASGIApp, ControllerRouterHandler, Message, Receive, Scope, Send
from sqlalchemy.ext.asyncio import AsyncConnection

from shared import db as database
from shared.auth import Verifier
from shared.broker import Messaging
from shared.draining import draining
from shared.gauges import (
    COLLECT_EVERY,
    COUNT_EVERY,
    DatabaseGauges,
    GaugeCollector,
    collect_gauges,
)
from shared.idempotency import prune_idempotency_keys
from shared.inbox import Reactions, database_is_away, prune_inbox
from shared.jobs import Job
from shared.live import LiveSender
from shared.metrics import CONTENT_TYPE, REQUESTS, exposition, method_label
from shared.openapi import description_of, document
from shared.paging import sign_cursors_with
from shared.problems import (
    MEDIA_TYPE,
    FieldError,
    MethodNotAllowed,
    NotFound,
    Problem,
    TooLarge,
    Unavailable,
    UnsupportedMediaType,
    ValidationFailed,
)
from shared.publisher import Publisher
from shared.query import refuse_bad_query
from shared.settings import ServiceSettings
from shared.telemetry import (
    RequestContext,
    configure_logs,
    log,
    new_request_id,
    request_context,
    valid_request_id,
    valid_traceparent,
)
from shared.tracing import active, begin
from shared.validation import decode, readable

# How handlers declare what they take: `db: Db`, `reader: Reader`, `data: JSONBody[X]`, `booking_id:
# FromPath[UUID]`.
Db = NamedDependency[AsyncConnection]
Reader = NamedDependency[database.Reader]
__all__ = ["Db", "FromPath", "JSONBody", "QueryParameter", "Reader", "Service", "build_service"]

LARGEST_BODY = 1 << 20
SHUTDOWN_SECONDS = 15.0
PUBLISH_WITHIN_SECONDS = 3.0


class StrictRequest(Request[Any, Any, Any]):
    """A request whose JSON is decoded straight into the handler's Struct: nothing is coerced,
    unknown fields are errors.
    """

    async def json(self) -> Any:
        """The body as the handler's `data` type. Raises UnsupportedMediaType, ValidationFailed."""
        media_type = (
            self.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
        )
        if media_type != "application/json":
            raise UnsupportedMediaType
        field = self.route_handler.parsed_data_field
        assert field is not None
        # Not `raw`: that carries litestar's metadata, whose hash costs 0.2 ms at every look-up of
        # the decoder.
        return decode(await self.body(), field.annotation)


async def _ask_guards(
    self: HTTPRouteHandler, connection: ASGIConnection[Any, Any, Any, Any]
) -> None:
    for guard in self.resolve_guards():
        await guard(connection, self)  # type: ignore[misc]


# Litestar copies the whole handler for each guard of each request, so that a guard may change it:
# 30 µs, a tenth of a read. Ours do not change it.
HTTPRouteHandler.authorize_connection = _ask_guards  # type: ignore[method-assign, assignment]


class Service:
    """One running service: its database, its link to the broker, its jobs. Handlers and commands
    reach it as `app.state.service`.
    """

    def __init__(
        self,
        name: str,
        settings: ServiceSettings,
        reactions: Reactions,
        jobs: Sequence[Job],
        gauge_collectors: Sequence[GaugeCollector] = (),
    ) -> None:
        self.name = name
        self.settings = settings
        self.database = database.Database(
            settings.database_url, pool_size=settings.database_pool_size, name=name
        )
        tracing = active()
        self.messaging = Messaging(
            settings.amqp_url,
            name,
            self.database,
            reactions,
            tracing.provider if tracing is not None else None,
        )
        self.live = LiveSender(self.messaging)
        self.publisher = Publisher(
            self.database, self.messaging.publish, available=self.messaging.available
        )
        self.database.publish = self.publisher.publish
        counts = DatabaseGauges(self.database, gauge_collectors)
        self.jobs = [
            *jobs,
            Job("prune-keys", lambda: prune_idempotency_keys(self.database), every=3600),
            Job("prune-inbox", lambda: prune_inbox(self.database), every=3600),
            Job("collect-gauges", lambda: collect_gauges(self), every=COLLECT_EVERY),
            Job("collect-database-gauges", counts.collect, every=COUNT_EVERY),
        ]
        # What the service computes with, for /health/ready.
        self.versions: dict[str, str] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Starts publisher, consumers and jobs in the background; does not wait for the broker."""
        work = [self.messaging.run(), self.publisher.run(), *(job.run() for job in self.jobs)]
        self._tasks = [asyncio.create_task(coroutine) for coroutine in work]

    async def stop(self) -> None:
        """Lets running reactions end, stops jobs, publishes what was committed, closes all
        connections.
        """
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.messaging.stop_consuming(), SHUTDOWN_SECONDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.publisher.close(within=PUBLISH_WITHIN_SECONDS)
        await self.messaging.close()
        await self.database.close()

    async def health(self) -> dict[str, str]:
        """Each dependency and its state."""
        return {
            "database": await self._database_state(),
            "broker": self.messaging.state,
        }

    async def _database_state(self) -> str:
        try:
            async with asyncio.timeout(2):
                await self.database.reader.value("select 1")
        except Exception:
            return "down"
        return "up"


class Health(msgspec.Struct):
    """Whether the service can do its work; `dependencies` names each with its state, `versions`
    what the service computes with.
    """

    status: str
    dependencies: dict[str, str] = {}
    versions: dict[str, str] = {}


@get("/openapi.json", include_in_schema=False, sync_to_thread=False)
def describe(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The service's OpenAPI document; the gateway merges them."""
    return description_of(request.app)


@get("/health/live", include_in_schema=False)
async def live() -> Health:
    return Health(status="up")


@get("/health/ready", include_in_schema=False)
async def ready(state: State) -> Response[Health]:
    dependencies = await state.service.health()
    # Without the broker requests still succeed and events wait in the outbox: that is degraded, not
    # down.
    up = dependencies["database"] == "up"
    status = "up" if all(v == "up" for v in dependencies.values()) else "degraded" if up else "down"
    if draining.begun:
        status, up = "draining", False
    health = Health(status, dependencies, state.service.versions)
    return Response(health, status_code=200 if up else 503)


@get("/metrics", include_in_schema=False, media_type=CONTENT_TYPE, sync_to_thread=False)
def metrics() -> bytes:
    return exposition()


async def provide_db(state: State) -> AsyncIterator[AsyncConnection]:
    """`db`: the request's one transaction. It commits after the handler and before the answer
    leaves.
    """
    async with state.service.database.transaction() as db:
        yield db


def provide_reader(state: State) -> database.Reader:
    """`reader`: for reads."""
    reader: database.Reader = state.service.database.reader
    return reader


def build_service(
    name: str,
    settings: ServiceSettings,
    routes: Sequence[ControllerRouterHandler],
    reactions: Reactions = (),
    jobs: Sequence[Job] = (),
    gauge_collectors: Sequence[GaugeCollector] = (),
    *,
    state: dict[str, Any] | None = None,
    verifier: Verifier | None = None,
    on_start: Callable[[Service], Any] | None = None,
    on_stop: Callable[[Service], Any] | None = None,
) -> Litestar:
    """The ASGI application of service `name`. `state` is what its handlers find in `app.state`,
    beside `service`, `settings` and `verifier`; `on_start` and `on_stop` are awaited with the
    running Service.
    """
    configure_logs(name, settings.log_level)
    tracing = begin(name)
    sign_cursors_with(settings.cursor_secret or settings.database_url)
    service = Service(name, settings, reactions, jobs, gauge_collectors)

    @contextlib.asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        if on_start is not None:
            await on_start(service)
        await service.start()
        try:
            yield
        finally:
            await service.stop()
            if on_stop is not None:
                await on_stop(service)

    application = Litestar(
        route_handlers=[live, ready, metrics, describe, Router("/", route_handlers=list(routes))],
        dependencies={
            "db": Provide(provide_db),
            "reader": Provide(provide_reader, sync_to_thread=False),
        },
        before_request=refuse_bad_query,
        exception_handlers={Exception: answer_problem},
        lifespan=[lifespan],
        on_app_init=[_never_log],
        openapi_config=OpenAPIConfig(
            title=name,
            version="1",
            path="/_openapi",
            render_plugins=[document],
            use_handler_docstrings=True,
        ),
        request_class=StrictRequest,
        request_max_body_size=LARGEST_BODY,
        state=State(
            {
                "service": service,
                "settings": settings,
                "verifier": verifier or Verifier(settings.keys_url),
                **(state or {}),
            }
        ),
    )
    # Around the router too, so that its own 404 and 405 carry the request id.
    application.asgi_handler = Trace(application.asgi_handler)
    if tracing is not None:
        application.asgi_handler = tracing.requests(application.asgi_handler, _route)
    return application


def _never_log(config: AppConfig) -> AppConfig:
    config.logging_config = None
    return config


# ---- errors: rendered here, once


def problem_from(error: Exception) -> Problem:
    """`error` as a Problem: named ones as they are, the framework's translated, anything else as an
    unnamed 500 or a 503.
    """
    if isinstance(error, Problem):
        return error
    if isinstance(error, ValidationException):
        return ValidationFailed([_field_error(e) for e in _extra(error)])
    if isinstance(error, HTTPException):
        return _from_http(error)
    if isinstance(error, ExceptionGroup):
        return problem_from(error.exceptions[0])  # what went wrong while the transaction was ended
    if database_is_away(error):
        log.warning("database is away", reason=type(error).__name__)
        return Unavailable()
    log.error("unexpected error", exc_info=error)
    return Problem()


def _from_http(error: HTTPException) -> Problem:
    if error.status_code == 404:
        return NotFound()
    if error.status_code == 405:
        return MethodNotAllowed(headers=error.headers)
    if error.status_code == 413:
        return TooLarge()
    if error.status_code == 415:
        return UnsupportedMediaType()
    if 400 <= error.status_code < 500:
        return ValidationFailed([FieldError("request", _short(error.detail or "is malformed"))])
    log.error("unexpected error", exc_info=error)
    return Problem()


def _extra(error: ValidationException) -> list[dict[str, str]]:
    extra = error.extra
    return list(extra) if isinstance(extra, list) and extra else [{"message": str(error.detail)}]


def _field_error(extra: dict[str, str]) -> FieldError:
    # A parameter that is a word of Python, like `from`, is called `from_` by its handler.
    field, message = extra.get("key", "body").rstrip("_"), _short(extra["message"])
    if message == f"'{field}'":  # a KeyError: the value is absent
        return FieldError("body" if field == "data" else field, "is required")
    return FieldError(field, readable(message))


def _short(message: str) -> str:
    return message.replace("`", "")[:200]


def answer_problem(_: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The one exception handler."""
    problem = problem_from(error)
    return Response(
        problem.body(request_context.get().request_id),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=dict(problem.headers),
    )


# ---- every request: ids, one log line, one measurement


def _route(scope: Any) -> str:
    return str(scope.get("path_template") or "unknown")


class Trace:
    """ASGI middleware: takes over or makes the request id, answers it, logs and gauge_collectors.
    Written plainly: it runs every time.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        method = str(scope["method"])
        request_id = traceparent = None
        for name, value in scope["headers"]:
            if name == b"x-request-id":
                request_id = value.decode("latin-1")
            elif name == b"traceparent":
                traceparent = value.decode("latin-1")
        if not valid_request_id(request_id):
            request_id = new_request_id()
        assert request_id is not None
        token = request_context.set(
            RequestContext(
                request_id, None, traceparent if valid_traceparent(traceparent) else None
            )
        )
        status, started = 0, time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-request-id", request_id.encode()),
                ]
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            took = time.perf_counter() - started
            route = _route(scope)
            REQUESTS.labels(method_label(method), route, status).observe(took)
            if status >= 500 or took > 1.0 or method != "GET":
                log.info(
                    "request", method=method, path=route, status=status, ms=round(took * 1000, 1)
                )
            request_context.reset(token)
