"""The PostgreSQL and RabbitMQ of a test run: containers if an engine has both images, otherwise
embedded.
"""

from __future__ import annotations

import contextlib
import functools
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import msgspec
import pytest

from shared.migrate import migrate
from shared.services import SERVICES


class Infrastructure(msgspec.Struct):
    """Where the run's PostgreSQL and RabbitMQ are. `admin_url` is the administrator's, for a
    database of this run.
    """

    admin_url: str
    service_urls: dict[str, str]


CONTAINER_IMAGES = {"postgres": "postgres:18", "rabbitmq": "rabbitmq:4-management"}


@functools.cache
def uses_containers() -> bool:
    """Whether the run's PostgreSQL and RabbitMQ are containers: as set by TEST_INFRA ("containers",
    "embedded"), otherwise if a running engine already has both images. Images are never pulled, so
    that a test run does not start with a download that takes minutes.
    """
    wanted = os.environ.get("TEST_INFRA", "")
    if wanted not in ("", "containers", "embedded"):
        raise pytest.UsageError(f"TEST_INFRA must be containers or embedded, not {wanted!r}")
    if wanted == "embedded" or not (wanted or shutil.which("docker")):
        return False
    missing = [image for image in CONTAINER_IMAGES.values() if not _is_present(image)]
    if missing and wanted:
        raise pytest.UsageError(
            f"TEST_INFRA=containers, but no running engine has {' and '.join(missing)}"
        )
    if missing:
        return False
    from testcontainers.core.config import testcontainers_config  # noqa: PLC0415

    if not _is_present(testcontainers_config.ryuk_image):
        # Testcontainers would pull an image that removes containers after a killed run; ours are
        # removed by their fixtures.
        os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")
    return True


def _is_present(image: str) -> bool:
    try:
        inspected = subprocess.run(
            ["docker", "image", "inspect", image], capture_output=True, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return inspected.returncode == 0


@pytest.fixture(scope="session")
def run_directory() -> Iterator[Path]:
    """A directory for the run's servers, removed at its end."""
    with tempfile.TemporaryDirectory(prefix="cc-test-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)  # noqa: S103 - the servers run as another user when we are root  # nosec B103
        yield Path(folder)


@pytest.fixture(scope="session")
def postgres_url(run_directory: Path) -> Iterator[str]:
    """The administrator's URL of a PostgreSQL server for this run: a container (see
    `uses_containers`), otherwise the embedded one.
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


class Broker(msgspec.Struct):
    """A running RabbitMQ; `control` runs `rabbitmqctl` with its arguments."""

    url: str
    control: Callable[..., object]


@pytest.fixture(scope="session")
def rabbitmq(run_directory: Path) -> Iterator[Broker]:
    """A RabbitMQ for this run."""
    if uses_containers():
        with _rabbitmq_container() as broker:
            yield broker
        return
    from deploy.local.rabbitmq import RabbitMQ  # noqa: PLC0415

    server = RabbitMQ(run_directory / "rabbitmq")
    server.start()
    try:
        yield Broker(server.url, server.control)
    finally:
        server.stop(delete=True)


@pytest.fixture(scope="session")
def amqp_url(rabbitmq: Broker) -> str:
    """The URL of this run's RabbitMQ."""
    return rabbitmq.url


@contextlib.contextmanager
def _rabbitmq_container() -> Iterator[Broker]:
    # Testcontainers' own RabbitMqContainer needs a second AMQP library for its readiness check.
    from testcontainers.core.container import DockerContainer  # noqa: PLC0415
    from testcontainers.core.waiting_utils import WaitStrategy, WaitStrategyTarget  # noqa: PLC0415

    from deploy.local.rabbitmq import is_ready  # noqa: PLC0415

    class BrokerIsReady(WaitStrategy):
        """Waits until the broker speaks AMQP: its port is open long before that."""

        def wait_until_ready(self, container: WaitStrategyTarget) -> None:
            host, port = container.get_container_host_ip(), int(container.get_exposed_port(5672))
            if not self._poll(lambda: is_ready(port, host)):
                raise TimeoutError("RabbitMQ's container was not ready in time")

    password = secrets.token_hex(16)
    credentials = {"RABBITMQ_DEFAULT_USER": "test", "RABBITMQ_DEFAULT_PASS": password}
    container = (
        DockerContainer(CONTAINER_IMAGES["rabbitmq"])
        .with_envs(**credentials)
        .with_exposed_ports(5672)
        .waiting_for(BrokerIsReady().with_startup_timeout(120))
    )
    with container:
        host, port = container.get_container_host_ip(), int(container.get_exposed_port(5672))

        def control(*arguments: str) -> None:
            done = container.exec(["rabbitmqctl", *arguments])
            if done.exit_code != 0:
                raise RuntimeError(f"rabbitmqctl {' '.join(arguments)}: {done.output!r}")

        yield Broker(f"amqp://test:{password}@{host}:{port}/", control)


@pytest.fixture(scope="session")
async def infrastructure(postgres_url: str) -> Infrastructure:
    """A migrated database for this run, with a role per service."""
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
