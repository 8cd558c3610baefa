"""The profile "turn": coturn as operators run it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from shared.testing import eventually
from tests.compose.engine import run

pytestmark = pytest.mark.timeout(1800)


@pytest.fixture
def turn(compose: Any) -> Iterator[Any]:
    """The profile "turn", on the loopback address of this machine."""
    compose.set(COMPOSE_PROFILES="sandbox,turn", TURN_BIND="127.0.0.1")
    compose("up", "-d", "--no-deps", "turn")
    yield compose
    compose("rm", "-s", "-f", "turn")
    compose.set(COMPOSE_PROFILES="sandbox")


async def test_relay_is_for_those_who_know_the_secret(turn: Any) -> None:
    async def healthy() -> Any:
        (container,) = (await asyncio.to_thread(turn.services))["turn"]
        return container["State"]["Health"]["Status"] == "healthy"

    await eventually(healthy, within=90, every=1)
    (container,) = turn.services()["turn"]
    assert container["HostConfig"]["ReadonlyRootfs"]
    assert container["HostConfig"]["CapDrop"] == ["ALL"]
    secret = turn.settings()["TURN_SECRET"]
    # Where every process of the machine could read it.
    arguments = run("docker", "top", container["Id"], "-o", "pid,args")
    assert "turnserver" in arguments
    assert secret not in arguments
    assert allocated(container["Id"], secret)
    assert not allocated(container["Id"], "guessed")


def allocated(container: str, secret: str) -> bool:
    """Whether coturn's own client gets a relay address. (It sends no data: an address in the
    operator's own networks, such as a container's, is refused as a peer.)
    """
    client = ["turnutils_uclient", "-v", "-n", "0", "-c", "-u", "somebody", "-W", secret]
    peer = ["-e", "192.0.2.1", "127.0.0.1"]
    said = run("docker", "exec", container, "timeout", "10", *client, *peer, check=False)
    return "Received relay addr" in said
