"""More than one of a service behind the gateway: they share the work, and one that leaves or dies
is not missed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from gateway import upstream
from gateway.tests.conftest import (
    HELLO,
    GatewayHarness,
    Open,
    ReceivedRequest,
    Service,
    free_port,
    reply,
)


@pytest.fixture
async def replicas() -> AsyncIterator[list[Service]]:
    made = [Service() for _ in range(3)]
    for one in made:
        await one.start()
    yield made
    for one in made:
        await one.kill()


@pytest.fixture
async def gateway(open_gateway: Open, replicas: list[Service]) -> GatewayHarness:
    """Directory's addresses are those of the three replicas."""
    return await open_gateway(directory_url=", ".join(one.url for one in replicas))


async def ask(gateway: GatewayHarness, times: int) -> list[int]:
    """The answers' status, one after the other, each on a new connection to the service."""
    for one in gateway.gateway.upstreams.values():
        one.close()
    found = []
    for _ in range(times):
        found.append((await gateway.http.get("/consultants")).status_code)
        gateway.gateway.upstreams["directory"].close()
    return found


async def test_replicas_share_the_work(gateway: GatewayHarness, replicas: list[Service]) -> None:
    assert await ask(gateway, 60) == [200] * 60
    assert all(len(one.received) >= 3 for one in replicas)


async def test_one_that_died_is_not_missed(
    gateway: GatewayHarness, replicas: list[Service]
) -> None:
    await replicas[0].kill()
    assert await ask(gateway, 30) == [200] * 30


async def test_all_away_is_503_at_once(gateway: GatewayHarness, replicas: list[Service]) -> None:
    for one in replicas:
        await one.kill()
    async with asyncio.timeout(2):
        assert (await gateway.http.get("/consultants")).status_code == 503


async def test_one_that_is_leaving_is_asked_no_more(
    gateway: GatewayHarness, replicas: list[Service]
) -> None:
    async def leaving(_: ReceivedRequest, writer: asyncio.StreamWriter) -> None:
        writer.write(reply(200, HELLO, ("connection", "close")))
        await writer.drain()
        writer.close()

    replicas[0].answer = leaving
    await ask(gateway, 30)
    asked = len(replicas[0].received)
    assert asked >= 1
    assert await ask(gateway, 30) == [200] * 30
    assert len(replicas[0].received) == asked


async def test_the_last_one_is_asked_even_while_it_is_leaving(
    gateway: GatewayHarness, replicas: list[Service]
) -> None:
    async def leaving(_: ReceivedRequest, writer: asyncio.StreamWriter) -> None:
        writer.write(reply(200, HELLO, ("connection", "close")))
        await writer.drain()
        writer.close()

    for one in replicas:
        one.answer = leaving
    assert await ask(gateway, 20) == [200] * 20


async def test_one_that_came_later_is_found(
    open_gateway: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upstream, "REST_SECONDS", 0.0)
    late = Service()
    late.port = free_port()
    gateway = await open_gateway(directory_url=late.url)
    assert (await gateway.http.get("/consultants")).status_code == 503
    await late.start()
    assert (await gateway.http.get("/consultants")).status_code == 200
    await late.kill()
