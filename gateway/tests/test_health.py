"""What the gateway says of itself and of the services."""

from __future__ import annotations

import asyncio

import pytest

from gateway import health
from gateway.tests.conftest import GatewayHarness, Open, Service
from shared.services import SERVICES
from shared.testing import eventually


async def test_live_says_only_that_it_lives(gateway: GatewayHarness, service: Service) -> None:
    await service.kill()
    response = await gateway.http.get("/health/live")
    assert (response.status_code, response.json()["status"]) == (200, "up")


async def test_ready_names_every_service(gateway: GatewayHarness) -> None:
    response = await gateway.http.get("/health/ready")
    assert response.status_code == 200
    assert response.json() == {"status": "up", "dependencies": dict.fromkeys(SERVICES, "up")}


async def test_ready_is_degraded_when_a_service_is(
    gateway: GatewayHarness, service: Service
) -> None:
    service.own["/health/ready"] = (200, b'{"status":"degraded","dependencies":{"broker":"down"}}')
    response = await gateway.http.get("/health/ready")
    assert (response.status_code, response.json()["status"]) == (200, "degraded")


async def test_ready_says_which_service_is_down_within_its_limit(
    open_gateway: Open, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[asyncio.StreamWriter] = []
    silent = await asyncio.start_server(lambda _, writer: held.append(writer), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    gateway = await open_gateway(
        payments_url=f"http://127.0.0.1:{port}", booking_url="http://127.0.0.1:1"
    )
    assert health.WAIT_SECONDS < 2
    monkeypatch.setattr(health, "ANSWER_SECONDS", 3600.0)  # no other limit is waited for
    response = await gateway.http.get("/health/ready")
    assert response.status_code == 503
    expected = {
        "identity": "up",
        "directory": "up",
        "booking": "down",
        "payments": "down",
        "notifications": "up",
    }
    assert response.json() == {"status": "down", "dependencies": expected}
    silent.close()
    for writer in held:
        writer.close()


class SlowService:
    """A service that reports to be ready as soon as `may_answer` is set."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()
        self.asked = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        await self.may_answer.wait()
        body = b'{"status":"up"}'
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))
        await writer.drain()
        writer.close()


async def test_slow_service_is_named_and_does_not_make_the_gateway_unready(
    open_gateway: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "WAIT_SECONDS", 0.1)
    monkeypatch.setattr(health, "FRESH_SECONDS", 0.0)
    slow = SlowService()
    server = await asyncio.start_server(slow, "127.0.0.1", 0)
    gateway = await open_gateway(
        booking_url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    )

    async def ready() -> tuple[int, str, str]:
        answer = await gateway.http.get("/health/ready")
        body = answer.json()
        return answer.status_code, body["status"], body["dependencies"]["booking"]

    assert await ready() == (503, "down", "down"), "it has never reported"
    slow.may_answer.set()

    async def is_up() -> bool:
        return await ready() == (200, "up", "up")

    await eventually(is_up)
    slow.may_answer.clear()
    before = slow.asked
    for _ in range(3):
        assert await ready() == (200, "degraded", "slow")
    assert slow.asked == before + 1, "the question that is on its way is waited for, not repeated"
    monkeypatch.setattr(health, "KNOWN_SECONDS", 0.0)
    assert await ready() == (503, "down", "down"), "what it said is too old"
    slow.may_answer.set()
    await eventually(is_up)
    server.close()


async def test_service_without_an_answer_is_down_after_a_while(
    open_gateway: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "ANSWER_SECONDS", 0.1)
    slow = SlowService()
    server = await asyncio.start_server(slow, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    gateway = await open_gateway(booking_url=f"http://127.0.0.1:{port}")
    answer = await gateway.http.get("/health/ready")
    assert (answer.status_code, answer.json()["dependencies"]["booking"]) == (503, "down")
    server.close()


async def test_draining_replica_still_serves(gateway: GatewayHarness, service: Service) -> None:
    service.own["/health/ready"] = (503, b'{"status":"draining"}')
    answer = await gateway.http.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert set(answer.json()["dependencies"].values()) == {"draining"}


async def test_readiness_without_an_excluded_service_covers_the_rest(
    open_gateway: Open,
) -> None:
    gateway = await open_gateway(
        booking_url="http://127.0.0.1:1", payments_url="http://127.0.0.1:1"
    )
    one = await gateway.http.get("/health/ready?exclude=booking")
    assert (one.status_code, one.json()["status"]) == (503, "down")
    both = await gateway.http.get("/health/ready?exclude=booking&exclude=payments")
    assert (both.status_code, both.json()["status"]) == (200, "degraded")
    assert both.json()["dependencies"]["booking"] == "down", "it is named all the same"


async def test_many_who_ask_for_readiness_cost_each_service_one_question(
    gateway: GatewayHarness, service: Service
) -> None:
    before = service.connections
    answers = await asyncio.gather(*(gateway.http.get("/health/ready") for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert service.connections - before <= 2 * 5  # all of them within two rounds
