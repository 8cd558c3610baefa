"""pytest plugin: a real PostgreSQL and RabbitMQ for the run, and a service to talk to.

    async def test_decline_frees_the_slot(booking):            # a `ServiceHarness`, from the service's conftest.py
        answer = await booking.post("/bookings/…/decline", user=booking.user("consultant", id=…))
        assert booking.emitted(BookingDeclined)

In a harness no publisher, consumer or job runs: what was emitted stays in the outbox, where `emitted`
reads it; an event of another service is handed over with `deliver`, and a job's function is called.
So nothing waits and nothing is left to chance. The whole system with all of that running is the
matter of `tests/`.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import httpx
import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from shared.auth import AUDIENCE, ISSUER, User, Verifier
from shared.events import BY_TYPE, Event
from shared.ids import new_id
from shared.inbox import Delivery, react
from shared.live import LiveMessage
from shared.metrics import REGISTRY
from shared.migrate import SERVICES, migrate
from shared.settings import load

E_ = TypeVar("E_", bound=Event)

KEY = ec.generate_private_key(ec.SECP256R1())
KEY_ID = "test-key"


def token_for(
    user: User,
    *,
    seconds: int = 900,
    key: Any = KEY,
    kid: str = KEY_ID,
    algorithm: str = "ES256",
    **claims: Any,
) -> str:
    """An access token as identity would make it; `claims` override, to make bad ones."""
    at = int(time.time())
    body = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(user.id),
        "role": user.role,
        "given_name": user.first_name,
        "family_name": user.last_name,
        "iat": at,
        "exp": at + seconds,
        "jti": secrets.token_hex(8),
        **claims,
    }
    return jwt.encode(body, key, algorithm=algorithm, headers={"kid": kid})


async def _test_keys(_: str) -> Any:
    numbers = jwt.algorithms.ECAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
    return {"keys": [{**numbers, "kid": KEY_ID, "alg": "ES256", "use": "sig"}]}


def test_verifier() -> Verifier:
    """A verifier that knows the tests' key."""
    return Verifier("http://identity.invalid/.well-known/jwks.json", fetch=_test_keys)


test_verifier.__test__ = False  # type: ignore[attr-defined]


class RecordedLive:
    """In place of a service's `live`: keeps what would have been sent."""

    def __init__(self) -> None:
        self.sent: list[LiveMessage] = []

    async def send(self, user_id: UUID, *, event: str, data: dict[str, Any]) -> bool:
        """Records what was sent."""
        self.sent.append(LiveMessage(user_id, event, data))
        return True


class ServiceHarness:
    """One service with its own database and nobody else: requests go in, emitted events can be
    read.
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
        """Somebody who can be signed in with `user=`."""
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
        """One request, signed in as `user` if given; `json=`, `content=`, `params=` as httpx takes
        them.
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
        """The events of that kind in the outbox, oldest first."""
        rows = await self.sql(
            "select body from outbox where type = $1 order by position", kind.TYPE
        )
        return [msgspec.json.decode(row["body"], type=kind) for row in rows]

    async def deliver(
        self, event: Event, event_id: UUID | None = None, sequence: int | None = None
    ) -> None:
        """Has the service's reaction to `event` run, as if it had come from the broker. Without a
        `sequence` it is the next of its aggregate.
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

    async def sql(self, statement: str, *arguments: Any) -> list[asyncpg.Record]:
        """A statement as the administrator, in the service's schema."""
        rows: list[asyncpg.Record] = await self._admin.fetch(statement, *arguments)
        return rows


async def _empty(admin: asyncpg.Connection, schema: str) -> None:
    tables = await admin.fetch(
        "select quote_ident(tablename) as name from pg_tables where schemaname = $1 and tablename not like 'alembic_version%'",
        schema,
    )
    await admin.execute(
        f"truncate {', '.join(row['name'] for row in tables)} restart identity cascade"
    )


class Infrastructure(msgspec.Struct):
    """Where the run's PostgreSQL and RabbitMQ are. `admin_url` is the administrator's, in a
    database of this run's own.
    """

    admin_url: str
    service_urls: dict[str, str]


CONTAINER_IMAGES = {"postgres": "postgres:18", "rabbitmq": "rabbitmq:4-management"}


@functools.cache
def uses_containers() -> bool:
    """Whether the run's PostgreSQL and RabbitMQ are containers: as TEST_INFRA says ("containers",
    "embedded"), else where an engine answers that has both images already. Nothing is ever fetched:
    a test run that begins with a download of minutes would surprise.
    """
    wanted = os.environ.get("TEST_INFRA", "")
    if wanted not in ("", "containers", "embedded"):
        raise pytest.UsageError(f"TEST_INFRA must be containers or embedded, not {wanted!r}")
    if wanted == "embedded" or not (wanted or shutil.which("docker")):
        return False
    missing = [image for image in CONTAINER_IMAGES.values() if not _is_here(image)]
    if missing and wanted:
        raise pytest.UsageError(
            f"TEST_INFRA=containers, but no engine answers that has {' and '.join(missing)}"
        )
    if missing:
        return False
    from testcontainers.core.config import testcontainers_config  # noqa: PLC0415

    if not _is_here(testcontainers_config.ryuk_image):
        # Testcontainers would fetch what removes containers after a run that was killed; ours are
        # removed by their fixtures.
        os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")
    return True


def _is_here(image: str) -> bool:
    try:
        asked = subprocess.run(
            ["docker", "image", "inspect", image], capture_output=True, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


@pytest.fixture(scope="session")
def run_directory() -> Iterator[Path]:
    """A folder for the run's servers, removed at its end."""
    with tempfile.TemporaryDirectory(prefix="cc-test-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)  # noqa: S103 - the servers run as another user when we are root  # nosec B103
        yield Path(folder)


@pytest.fixture(scope="session")
def postgres_url(run_directory: Path) -> Iterator[str]:
    """The administrator's URL of a PostgreSQL server for this run: a container (see
    `uses_containers`), else the embedded one.
    """
    options = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    if uses_containers():
        from testcontainers.community.postgres import PostgresContainer  # noqa: PLC0415

        postgres = PostgresContainer(CONTAINER_IMAGES["postgres"], username="postgres", driver=None)
        postgres.with_command(
            ["postgres", *(part for one in options.items() for part in ("-c", "=".join(one)))]
        )
        with postgres as container:
            yield container.get_connection_url()
        return
    from deploy.local.postgres import Postgres  # noqa: PLC0415

    server = Postgres(run_directory / "postgres", options=options)
    server.start()
    try:
        yield server.url
    finally:
        server.stop(delete=True)


@pytest.fixture(scope="session")
def amqp_url(run_directory: Path) -> Iterator[str]:
    """The URL of a RabbitMQ for this run."""
    if uses_containers():
        with _rabbitmq_container() as url:
            yield url
        return
    from deploy.local.rabbitmq import RabbitMQ  # noqa: PLC0415

    server = RabbitMQ(run_directory / "rabbitmq")
    server.start()
    try:
        yield server.url
    finally:
        server.stop(delete=True)


@contextlib.contextmanager
def _rabbitmq_container() -> Iterator[str]:
    # Testcontainers' own RabbitMqContainer brings a second AMQP library along, to see whether it is
    # up.
    from testcontainers.core.container import DockerContainer  # noqa: PLC0415

    from deploy.local.rabbitmq import is_ready  # noqa: PLC0415

    password = secrets.token_hex(16)
    told = {"RABBITMQ_DEFAULT_USER": "test", "RABBITMQ_DEFAULT_PASS": password}
    container = (
        DockerContainer(CONTAINER_IMAGES["rabbitmq"]).with_envs(**told).with_exposed_ports(5672)
    )
    with container:
        host, port = container.get_container_host_ip(), int(container.get_exposed_port(5672))
        limit = time.monotonic() + 120
        while not is_ready(port, host):
            if time.monotonic() > limit:
                raise RuntimeError("RabbitMQ's container did not get ready within two minutes")
            time.sleep(0.2)
        yield f"amqp://test:{password}@{host}:{port}/"


@pytest.fixture(scope="session")
async def infrastructure(postgres_url: str) -> Infrastructure:
    """A migrated database of this run's own, with a role per service."""
    name = f"test_{secrets.token_hex(4)}"
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(f"create database {name}")
    await connection.close()
    admin_url = postgres_url.rpartition("/")[0] + f"/{name}"
    host = admin_url.rpartition("@")[2]
    urls = {
        service: f"postgresql://{service}:{secrets.token_hex(8)}@{host}" for service in SERVICES
    }
    await migrate(admin_url, urls)
    return Infrastructure(admin_url, urls)


@pytest.fixture
async def harness(
    infrastructure: Infrastructure,
) -> AsyncIterator[Callable[..., Awaitable[ServiceHarness]]]:
    """Makes harnesses: `await harness("booking", free_period_seconds="0")` is booking with these
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
            stack.push_async_callback(made.database.close)
            stack.push_async_callback(made.http.aclose)
            return made

        yield make


def metric(name: str, /, **labels: str) -> float:
    """The present value of a metric of this process: 0 where nothing was counted yet."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def eventually(
    condition: Callable[[], Awaitable[Any]], *, within: float = 20.0, every: float = 0.02
) -> Any:
    """The first true answer of `condition`. Raises AssertionError when there is none `within`
    seconds.
    """
    import asyncio  # noqa: PLC0415

    limit = time.monotonic() + within
    while True:
        answer = await condition()
        if answer:
            return answer
        if time.monotonic() > limit:
            raise AssertionError(f"not true within {within} s: {condition}; last answer {answer!r}")
        await asyncio.sleep(every)
