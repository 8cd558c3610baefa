"""One service under test, with its own database and no other service."""

from __future__ import annotations

import contextlib
import importlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import httpx
import msgspec
import pytest

from shared.auth import User
from shared.deliveries import Delivery
from shared.events import BY_TYPE, Event
from shared.ids import new_id
from shared.inbox import react
from shared.jobs import Job
from shared.live import LiveMessage
from shared.pruning import prune
from shared.settings import load
from shared.testing.servers import Infrastructure
from shared.testing.tokens import test_verifier, token_for

E_ = TypeVar("E_", bound=Event)


class RecordedLive:
    """Replaces a service's `live`: records what would have been sent."""

    def __init__(self) -> None:
        self.sent: list[LiveMessage] = []

    async def send(self, user_id: UUID, *, event: str, data: dict[str, Any]) -> bool:
        """Records what was sent."""
        self.sent.append(LiveMessage(user_id, event, data))
        return True


class ServiceHarness:
    """One service with its own database and no other service: send requests, read emitted
    events.
    """

    def __init__(self, name: str, app: Any, admin: asyncpg.Connection) -> None:
        self.name = name
        self.app = app
        self.service = app.state.service
        self.database = app.state.service.database
        self.live = RecordedLive()
        self.service.live = self.live
        self._admin = admin
        self._sequences: Counter[tuple[str, UUID]] = Counter()
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://service.test")

    def user(
        self, role: str, id: UUID | None = None, first_name: str = "Ada", last_name: str = "Byron"
    ) -> User:
        """A user who can be signed in with `user=`."""
        return User(id or new_id(), role, first_name, last_name)

    async def request(
        self,
        method: str,
        path: str,
        *,
        user: User | None = None,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> httpx.Response:
        """Sends a request, signed in as `user` if given; `json=`, `content=`, `params=` as in
        httpx.
        """
        headers = dict(headers or {})
        if user is not None:
            headers["authorization"] = f"Bearer {token_for(user)}"
        return await self.http.request(method, path, headers=headers, **more)

    async def get(self, path: str, **more: Any) -> httpx.Response:
        """`request` with GET."""
        return await self.request("GET", path, **more)

    async def post(self, path: str, **more: Any) -> httpx.Response:
        """`request` with POST."""
        return await self.request("POST", path, **more)

    async def put(self, path: str, **more: Any) -> httpx.Response:
        """`request` with PUT."""
        return await self.request("PUT", path, **more)

    async def patch(self, path: str, **more: Any) -> httpx.Response:
        """`request` with PATCH."""
        return await self.request("PATCH", path, **more)

    async def delete(self, path: str, **more: Any) -> httpx.Response:
        """`request` with DELETE."""
        return await self.request("DELETE", path, **more)

    async def emitted(self, kind: type[E_]) -> list[E_]:
        """The events of that type in the outbox, oldest first."""
        rows = await self.sql(
            "select body from outbox where type = $1 order by position", kind.TYPE
        )
        return [msgspec.json.decode(row["body"], type=kind) for row in rows]

    async def deliver(
        self, event: Event, event_id: UUID | None = None, sequence: int | None = None
    ) -> None:
        """Runs the service's reaction to `event` as if it had come from the broker. The default
        `sequence` is the next of its aggregate.
        """
        aggregate = (event.PRODUCER, getattr(event, event.AGGREGATE_ID))
        if sequence is None:
            sequence = self._sequences[aggregate] + 1
        self._sequences[aggregate] = max(sequence, self._sequences[aggregate])
        reactions = importlib.import_module(f"services.{self.name}.reactions").REACTIONS
        for kind, reaction in reactions:
            if kind is type(event):
                delivery = Delivery(
                    event_id or new_id(),
                    event.TYPE,
                    msgspec.json.encode(event),
                    sequence=sequence,
                )
                await react(self.database, BY_TYPE[event.TYPE], reaction, delivery)
                return
        raise AssertionError(f"{self.name} does not react to {event.TYPE}")

    async def run_job(self, name: str) -> bool:
        """Runs a job of the service once; returns whether more may be due."""
        return await self.job(name).work()

    def job(self, name: str) -> Job:
        """The service's scheduled job of that name."""
        jobs: list[Job] = self.service.jobs
        [found] = [job for job in jobs if job.name == name]
        return found

    async def prune(self) -> None:
        """Deletes all rows that the service no longer keeps, as its jobs do."""
        for retention in self.service.retentions:
            while await prune(self.database, retention):
                pass

    async def sql(self, statement: str, *arguments: Any) -> list[asyncpg.Record]:
        """Executes a statement as the administrator, in the service's schema."""
        rows: list[asyncpg.Record] = await self._admin.fetch(statement, *arguments)
        return rows


async def _empty(admin: asyncpg.Connection, schema: str) -> None:
    tables = await admin.fetch(
        "select quote_ident(tablename) as name from pg_tables where schemaname = $1 and "
        "tablename not like 'alembic_version%'",
        schema,
    )
    await admin.execute(
        f"truncate {', '.join(row['name'] for row in tables)} restart identity cascade"
    )


@pytest.fixture
async def harness(
    infrastructure: Infrastructure,
) -> AsyncIterator[Callable[..., Awaitable[ServiceHarness]]]:
    """Creates harnesses: `await harness("booking", free_period_seconds="0")` is booking with these
    settings and empty tables.
    """
    async with contextlib.AsyncExitStack() as stack:

        async def make(name: str, **settings: str) -> ServiceHarness:
            module = importlib.import_module(f"services.{name}.app")
            admin = await asyncpg.connect(
                infrastructure.admin_url, server_settings={"search_path": f"{name}, public"}
            )
            stack.push_async_callback(admin.close)
            await _empty(admin, name)
            environment = {
                "DATABASE_URL": infrastructure.service_urls[name],
                "AMQP_URL": "amqp://nobody:nothing@127.0.0.1:1/",
                "LOG_LEVEL": "error",
                **{key.upper(): value for key, value in settings.items()},
            }
            app = module.build(load(module.SETTINGS, environment), verifier=test_verifier())
            made = ServiceHarness(name, app, admin)
            stack.push_async_callback(made.service.disconnect)
            stack.push_async_callback(made.http.aclose)
            return made

        yield make
