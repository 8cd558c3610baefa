"""More than one of a service behind the gateway: they share the work, and one that leaves or dies
is not missed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from gateway import upstream
from gateway.health import get
from gateway.tests.conftest import (
    HELLO,
    GatewayHarness,
    Open,
    ReceivedRequest,
    Service,
    reply,
)
from shared.testing.ports import free_port


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


async def leaving(_: ReceivedRequest, writer: asyncio.StreamWriter) -> None:
    writer.write(reply(200, HELLO, ("connection", "close")))
    await writer.drain()
    writer.close()


async def test_one_that_is_leaving_is_asked_no_more(
    gateway: GatewayHarness, replicas: list[Service]
) -> None:
    replicas[0].answer = leaving
    await ask(gateway, 30)
    asked = len(replicas[0].received)
    assert asked >= 1
    assert await ask(gateway, 30) == [200] * 30
    assert len(replicas[0].received) == asked


async def test_the_last_one_is_asked_even_while_it_is_leaving(
    gateway: GatewayHarness, replicas: list[Service]
) -> None:
    for one in replicas:
        one.answer = leaving
    assert await ask(gateway, 20) == [200] * 20


async def test_one_that_came_later_is_found(
    open_gateway: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upstream, "RETRY_AFTER_SECONDS", 0.0)
    late = Service()
    late.port = free_port()
    gateway = await open_gateway(directory_url=late.url)
    assert (await gateway.http.get("/consultants")).status_code == 503
    await late.start()
    assert (await gateway.http.get("/consultants")).status_code == 200
    await late.kill()


class Resets:
    """A replica that ends connections without a byte of a response, after having read a request."""

    def __init__(self, *, after: bytes = b"") -> None:
        self.after, self.calls = after, 0

    async def __call__(self, _: ReceivedRequest, writer: asyncio.StreamWriter) -> None:
        self.calls += 1
        if self.after:
            writer.write(self.after)
            await writer.drain()
        writer.transport.abort()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_read_that_a_replica_resets_is_sent_to_another(
    gateway: GatewayHarness, replicas: list[Service], method: str
) -> None:
    replicas[0].answer = resets = Resets()
    for _ in range(30):
        gateway.gateway.upstreams["directory"].close()
        assert (await gateway.http.request(method, "/consultants")).status_code == 200
    assert resets.calls >= 1


async def test_read_is_sent_once_more_and_not_to_every_replica(
    gateway: GatewayHarness, replicas: list[Service]
) -> None:
    for one in replicas:
        one.answer = Resets()
    assert (await gateway.http.get("/consultants")).status_code == 503
    assert sorted(len(one.received) for one in replicas) == [0, 1, 1]


async def test_write_that_a_replica_resets_is_not_sent_again(
    gateway: GatewayHarness, replicas: list[Service]
) -> None:
    for one in replicas:
        one.answer = Resets()
    path, role = "/consultants/me/profile", gateway.token("consultant")
    answer = await gateway.http.put(path, headers=role, json={})
    assert answer.status_code == 503
    assert sum(len(one.received) for one in replicas) == 1


async def test_read_whose_response_had_begun_is_not_sent_again(
    gateway: GatewayHarness, replicas: list[Service]
) -> None:
    for one in replicas:
        one.answer = Resets(after=b"HTTP/1.1 200 OK\r\ncontent-")
    assert (await gateway.http.get("/consultants")).status_code == 503
    assert sum(len(one.received) for one in replicas) == 1


async def test_only_replica_is_asked_again_itself(open_gateway: Open, service: Service) -> None:
    gateway = await open_gateway()

    async def resets_once(_: ReceivedRequest, writer: asyncio.StreamWriter) -> None:
        if len(service.received) == 1:
            writer.transport.abort()
        else:
            writer.write(reply(200, HELLO))

    service.answer = resets_once
    assert (await gateway.http.get("/consultants")).status_code == 200
    assert len(service.received) == 2


async def test_read_of_the_gateway_itself_is_sent_to_another_replica_too(
    gateway: GatewayHarness, replicas: list[Service]
) -> None:
    replicas[0].answer = Resets()
    for _ in range(20):
        status, body = await get(gateway.gateway.upstreams["directory"], "/consultants")
        assert (status, body) == (200, HELLO)
    assert replicas[0].received
