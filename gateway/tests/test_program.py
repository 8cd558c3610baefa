"""The program as it is started: settings, stopping, metrics."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from gateway.settings import GatewaySettings
from gateway.tests.conftest import HELLO, ReceivedRequest, Service, is_open, reply
from shared.settings import BadSettings, load
from shared.testing import eventually
from shared.testing.ports import free_port

ROOT = Path(__file__).parents[2]


@contextlib.asynccontextmanager
async def started(port: int, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "shared.serve", "gateway",
        cwd=ROOT,
        env={**os.environ, "LISTEN": f"127.0.0.1:{port}", "LOG_LEVEL": "error", **environment},
    )  # fmt: skip
    try:
        await eventually(lambda: is_open(port))
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def test_stopped_gateway_lets_running_requests_end(service: Service) -> None:
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(_: ReceivedRequest, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await go_on.wait()
        writer.write(reply(200, HELLO))

    service.answer = slowly
    port = free_port()
    async with started(port, DIRECTORY_URL=service.url) as process, httpx.AsyncClient() as http:
        request = asyncio.create_task(http.get(f"http://127.0.0.1:{port}/consultants"))
        await arrived.wait()
        process.send_signal(signal.SIGTERM)

        async def is_closed() -> bool:
            return not await is_open(port)

        await eventually(is_closed)
        go_on.set()
        assert (await request).content == HELLO
        assert await asyncio.wait_for(process.wait(), 10) == 0


async def test_metrics_are_on_an_address_of_their_own(service: Service) -> None:
    port, metrics = free_port(), free_port()
    async with (
        started(port, DIRECTORY_URL=service.url, METRICS_LISTEN=f"127.0.0.1:{metrics}"),
        httpx.AsyncClient() as http,
    ):
        assert (await http.get(f"http://127.0.0.1:{port}/consultants")).status_code == 200
        assert (await http.get(f"http://127.0.0.1:{port}/metrics")).status_code == 404
        for made_up in ("BREW", "WHEN", "BREW"):
            await http.request(made_up, f"http://127.0.0.1:{port}/consultants")
        text = (await http.get(f"http://127.0.0.1:{metrics}/metrics")).text
        assert (
            'http_request_seconds_count{method="GET",route="/consultants",status="200"} 1.0' in text
        )
        assert 'http_request_seconds_count{method="other",route="unknown",status="405"} 3.0' in text
        assert "process_open_fds" in text
        assert (await http.get(f"http://127.0.0.1:{metrics}/other")).status_code == 404


async def test_gateway_does_not_start_if_metrics_cannot_be_served() -> None:
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "shared.serve", "gateway",
        cwd=ROOT,
        env={**os.environ, "LISTEN": f"127.0.0.1:{free_port()}",
        "METRICS_LISTEN": f"127.0.0.1:{port}"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    output, _ = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode
    assert b"METRICS_LISTEN" in output
    taken.close()


def test_service_must_be_plain_http() -> None:
    with pytest.raises(BadSettings, match="BOOKING_URL"):
        GatewaySettings(booking_url="https://booking").upstreams()


def test_malformed_proxies_are_named() -> None:
    with pytest.raises(BadSettings, match="TRUSTED_PROXIES"):
        GatewaySettings(trusted_proxies="10.0.0.0/8, nonsense").proxies()


def test_shortest_slot_is_not_longer_than_the_longest() -> None:
    assert load(GatewaySettings, {"MINIMUM_SLOT_SECONDS": "28800"}).minimum_slot_seconds == 28_800
    with pytest.raises(BadSettings, match="MINIMUM_SLOT_SECONDS"):
        load(GatewaySettings, {"MINIMUM_SLOT_SECONDS": "28801"})
