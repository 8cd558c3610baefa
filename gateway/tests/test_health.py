"""What the gateway says of itself and of the services."""

from __future__ import annotations

import asyncio
import time

from gateway.tests.conftest import GatewayHarness, Open, Service


async def test_live_says_only_that_it_lives(gateway: GatewayHarness, service: Service) -> None:
    await service.kill()
    response = await gateway.http.get("/health/live")
    assert (response.status_code, response.json()["status"]) == (200, "up")


async def test_ready_names_every_service(gateway: GatewayHarness) -> None:
    response = await gateway.http.get("/health/ready")
    names = ("identity", "directory", "booking", "payments", "notifications")
    assert response.status_code == 200
    assert response.json() == {"status": "up", "dependencies": dict.fromkeys(names, "up")}


async def test_ready_is_degraded_when_a_service_is(
    gateway: GatewayHarness, service: Service
) -> None:
    service.own["/health/ready"] = (200, b'{"status":"degraded","dependencies":{"broker":"down"}}')
    response = await gateway.http.get("/health/ready")
    assert (response.status_code, response.json()["status"]) == (200, "degraded")


async def test_ready_says_which_service_is_down_within_its_limit(
    open_gateway: Open, service: Service
) -> None:
    silent = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    gateway = await open_gateway(
        payments_url=f"http://127.0.0.1:{port}", booking_url="http://127.0.0.1:1"
    )
    began = time.monotonic()
    response = await gateway.http.get("/health/ready")
    assert time.monotonic() - began < 1.9
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


async def test_many_who_ask_for_readiness_cost_each_service_one_question(
    gateway: GatewayHarness, service: Service
) -> None:
    before = service.connections
    answers = await asyncio.gather(*(gateway.http.get("/health/ready") for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert service.connections - before <= 2 * 5  # all of them within two rounds
