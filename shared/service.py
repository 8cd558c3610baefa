"""Builds a service from its routes, reactions and jobs: adds health, metrics, logs, error handling,
tokens, transactions and lifespan.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any

from litestar import Litestar, Router
from litestar.config.app import AppConfig
from litestar.datastructures import State
from litestar.openapi.config import OpenAPIConfig
from litestar.types import ControllerRouterHandler

from shared import health, idempotency, inbox
from shared.auth import Verifier
from shared.batched_inbox import BatchedInbox
from shared.broker import Messaging
from shared.db import Database
from shared.dependencies import dependencies_of, resolve_in_turn
from shared.error_handler import handle_exception
from shared.gauges import (
    COLLECT_EVERY,
    COUNT_EVERY,
    DatabaseGauges,
    GaugeCollector,
    collect_gauges,
)
from shared.inbox import Reactions
from shared.jobs import Job
from shared.live import LiveSender
from shared.openapi import document
from shared.paging import sign_cursors_with
from shared.pruning import Retention, prune
from shared.publisher import Publisher
from shared.query import reject_invalid_query
from shared.request_middleware import RequestMiddleware, route_of
from shared.settings import ServiceSettings
from shared.strict_request import StrictRequest
from shared.tasks import cancel_and_wait
from shared.telemetry import configure_logs
from shared.tracing import active, begin

MAX_BODY_SIZE = 1 << 20
SHUTDOWN_SECONDS = 15.0
PUBLISH_WITHIN_SECONDS = 3.0


class Service:
    """One running service: its databases, its broker connections, its jobs. Handlers declare the
    parts that they need as parameters (`shared/dependencies.py`).

    Rows are deleted as `retentions` say. With `batch_pause`, in seconds, deliveries are handled in
    batches. With `job_connections`, jobs have a pool of their own, so that a burst of them takes no
    connection from requests and reactions.
    """

    def __init__(
        self,
        name: str,
        settings: ServiceSettings,
        reactions: Reactions = (),
        *,
        gauge_collectors: Sequence[GaugeCollector] = (),
        retentions: Sequence[Retention] = (),
        batch_pause: float | None = None,
        job_connections: int = 0,
    ) -> None:
        configure_logs(name, settings.log_level)
        sign_cursors_with(settings.cursor_secret or settings.database_url)
        tracing = begin(name)
        self.name = name
        self.settings = settings
        self.database = Database(
            settings.database_url, pool_size=settings.database_pool_size, name=name
        )
        self.jobs_database = (
            Database(settings.database_url, pool_size=job_connections, name=f"{name}-jobs")
            if job_connections
            else self.database
        )
        self.messaging = Messaging(
            settings.amqp_url,
            name,
            self.database,
            reactions,
            tracing.provider if tracing is not None else None,
            BatchedInbox(self.database, batch_pause) if batch_pause is not None else None,
        )
        self.live = LiveSender(self.messaging)
        self.publisher = Publisher(
            self.database, self.messaging.publish, available=self.messaging.available
        )
        self.database.publish = self.jobs_database.publish = self.publisher.publish
        self.retentions = (inbox.RETENTION, idempotency.RETENTION, *retentions)
        counts = DatabaseGauges(self.database, gauge_collectors)
        self.jobs = [
            *map(self._pruning_job, self.retentions),
            Job("collect-gauges", lambda: collect_gauges(self), every=COLLECT_EVERY),
            Job("collect-database-gauges", counts.collect, every=COUNT_EVERY),
        ]
        # Versions of what the service computes with, for /health/ready.
        self.versions: dict[str, str] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def schedule(self, *jobs: Job) -> None:
        """Adds jobs, to run from `start` on."""
        self.jobs += jobs

    def _pruning_job(self, retention: Retention) -> Job:
        return Job(
            f"prune-{retention.table.name.replace('_', '-')}",
            lambda: prune(self.database, retention),
            every=retention.every,
        )

    async def start(self) -> None:
        """Starts publisher, consumers and jobs in the background, without waiting for the
        broker.
        """
        work = [self.messaging.run(), self.publisher.run(), *(job.run() for job in self.jobs)]
        self._tasks = [asyncio.create_task(coroutine) for coroutine in work]

    async def stop(self) -> None:
        """Lets running reactions finish, stops jobs, publishes committed events, and closes the
        connections to the broker.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SHUTDOWN_SECONDS):
                await self.messaging.stop_consuming()
        await cancel_and_wait(*self._tasks)
        await self.publisher.close(within=PUBLISH_WITHIN_SECONDS)
        await self.messaging.close()

    async def disconnect(self) -> None:
        """Closes the connections to the database."""
        await self.database.close()
        if self.jobs_database is not self.database:
            await self.jobs_database.close()

    async def health(self) -> dict[str, str]:
        """The state of each dependency."""
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


def build_application(
    service: Service,
    routes: Sequence[ControllerRouterHandler],
    *,
    provide: Mapping[str, Any] | None = None,
    state: Mapping[str, Any] | None = None,
    verifier: Verifier | None = None,
    on_start: Callable[[], Awaitable[None]] | None = None,
    on_stop: Callable[[], Awaitable[None]] | None = None,
) -> Litestar:
    """The ASGI application of `service`. Handlers declare the values of `provide` and the
    `settings` as parameters of these names; these and the values of `state` are in `app.state`.
    `on_start` is awaited before the service starts, `on_stop` after it has stopped, while the
    database can still be reached.
    """
    settings, tracing = service.settings, active()

    @contextlib.asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        if on_start is not None:
            await on_start()
        await service.start()
        try:
            yield
        finally:
            await service.stop()
            if on_stop is not None:
                await on_stop()
            await service.disconnect()

    application = Litestar(
        route_handlers=[*health.HANDLERS, Router("/", route_handlers=list(routes))],
        dependencies=dependencies_of(lambda: application.state, ("settings", *(provide or {}))),
        before_request=reject_invalid_query,
        exception_handlers={Exception: handle_exception},
        lifespan=[lifespan],
        on_app_init=[_never_log],
        openapi_config=OpenAPIConfig(
            title=service.name,
            version="1",
            path="/_openapi",
            render_plugins=[document],
            use_handler_docstrings=True,
        ),
        request_class=StrictRequest,
        request_max_body_size=MAX_BODY_SIZE,
        state=State(
            {
                "service": service,
                "settings": settings,
                "verifier": verifier or Verifier(settings.keys_url),
                **(provide or {}),
                **(state or {}),
            }
        ),
    )
    resolve_in_turn(application)
    # Outside the router, so that its own 404 and 405 responses carry the request id.
    application.asgi_handler = RequestMiddleware(application.asgi_handler)
    if tracing is not None:
        application.asgi_handler = tracing.requests(application.asgi_handler, route_of)
    return application


def _never_log(config: AppConfig) -> AppConfig:
    config.logging_config = None
    return config
