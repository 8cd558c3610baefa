"""One stack of containers for all of these tests, which follow its life cycle in the order of their
files. `make test-compose` runs them with docker-compose; COMPOSE="docker compose" make test-compose
with the plug-in.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from deploy.local.settings import ROOT
from shared.testing import eventually
from shared.testing.ports import free_port
from tests.compose.engine import Compose, Engine, Missing
from tests.mailbox import Mailbox
from tests.people import World

# The logs of all containers, for analysing failures.
LOGS = ROOT / ".cache" / "test-compose.log"
QUICK = {
    "TAG": "test",
    "FREE_PERIOD_SECONDS": "1",
    "SWEEP_EVERY_SECONDS": "1",
    "START_EARLY_SECONDS": "31536000",
    "RATE_LIMIT_PER_MINUTE": "10000000",
    "LOGIN_ATTEMPTS_PER_MINUTE": "10000000",
    "BCRYPT_ROUNDS": "4",
    "MAIL_SANDBOX_PORT": "0",  # any free port
}


@pytest.fixture(scope="session")
def compose(tmp_path_factory: Any) -> Iterator[Any]:
    """Built and started; always removed with its volumes at the end."""
    engine = Engine()
    try:
        engine.prepare()
    except Missing as missing:
        engine.leave()
        pytest.exit(f"no stack of containers on this machine: {missing}", returncode=1)
    port = str(free_port())
    settings = {**QUICK, "PORT": port, "PUBLIC_URL": f"http://localhost:{port}"}
    made = Compose(
        f"cc-test-{secrets.token_hex(3)}", tmp_path_factory.mktemp("compose") / "env", settings
    )
    try:
        # The relay's image is among those that are looked at.
        made.set(COMPOSE_PROFILES="sandbox,turn")
        made("build")
        made.set(COMPOSE_PROFILES="sandbox")
        made("up", "-d")
        yield made
    finally:
        LOGS.parent.mkdir(exist_ok=True)
        LOGS.write_text(made("logs", "--no-color", "--timestamps", check=False))
        made.down()
        engine.leave()


def port_of(compose: Any, service: Any) -> Any:
    """The host's port of the service's container."""
    (container,) = compose.services()[service]
    (bindings,) = [bound for bound in container["NetworkSettings"]["Ports"].values() if bound]
    return int(bindings[0]["HostPort"])


@pytest.fixture
async def open_world(compose: Any) -> AsyncIterator[Any]:
    """A World for the port of that service: its gateway, and the sandbox through it."""
    opened = []

    async def opener(service: str = "gateway") -> Any:
        url = f"http://127.0.0.1:{port_of(compose, service)}"
        made = World(url, url, compose.settings()["STRIPE_SECRET_KEY"])
        opened.append(made)
        await eventually(made.is_ready, within=180, every=0.5)
        return made

    yield opener
    for made in opened:
        await made.close()


@pytest.fixture
async def world(open_world: Any) -> World:
    made: World = await open_world()
    return made


@pytest.fixture
async def mailbox(compose: Any) -> AsyncIterator[Mailbox]:
    """The mails received by the mail sandbox."""
    made = Mailbox(f"http://127.0.0.1:{port_of(compose, 'mail-sandbox')}")
    yield made
    await made.close()


@pytest.fixture
async def strangers() -> AsyncIterator[Any]:
    async with httpx.AsyncClient(timeout=10) as http:
        yield http
