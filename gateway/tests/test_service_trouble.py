"""A service that is away, slow or broken harms nobody else, and its clients are told."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from gateway import proxy, uploads, upstream
from gateway.tests.assertions import JSON, assert_problem
from gateway.tests.conftest import HELLO, GatewayHarness, ReceivedRequest, Service, reply
from gateway.upstream import Upstream
from shared.problems import Unavailable
from shared.testing import eventually

Writer = asyncio.StreamWriter


async def test_service_that_is_down_is_503_at_once_and_others_go_on(
    open_gateway: Any, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upstream, "CONNECT_SECONDS", 3600.0)
    gateway: GatewayHarness = await open_gateway(directory_url="http://127.0.0.1:1")
    for _ in range(3):
        response = await gateway.http.get("/consultants")
        assert_problem(response, 503, "service_unavailable")
        assert int(response.headers["retry-after"]) >= 1
        assert (await gateway.http.get("/users/me", headers=gateway.token())).status_code == 200


async def test_service_that_does_not_take_connections_is_503_within_two_seconds(
    open_gateway: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert upstream.CONNECT_SECONDS < 2
    monkeypatch.setattr(upstream, "RETRY_AFTER_SECONDS", 3600.0)
    # TEST-NET-1 (RFC 5737): nobody answers there, not even with a refusal.
    gateway: GatewayHarness = await open_gateway(directory_url="http://192.0.2.1:9")
    assert_problem(await gateway.http.get("/consultants"), 503, "service_unavailable")
    # While it rests, nobody waits for it.
    monkeypatch.setattr(upstream, "CONNECT_SECONDS", 3600.0)
    assert_problem(await gateway.http.get("/consultants"), 503, "service_unavailable")


async def test_service_that_comes_back_is_found(gateway: GatewayHarness, service: Service) -> None:
    assert (await gateway.http.get("/consultants")).status_code == 200
    await service.kill()
    assert_problem(await gateway.http.get("/consultants"), 503, "service_unavailable")
    await service.start()

    async def is_back() -> bool:
        return (await gateway.http.get("/consultants")).status_code == 200

    await eventually(is_back)


async def test_service_that_comes_back_is_tried_as_soon_as_it_has_rested(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert upstream.RETRY_AFTER_SECONDS <= 0.5
    loop = asyncio.get_running_loop()
    failed = now = loop.time()
    monkeypatch.setattr(loop, "time", lambda: now)
    directory = Upstream("directory", service.url)
    await service.kill()
    with pytest.raises(Unavailable):
        await directory.connect()
    await service.start()
    now = failed + 0.9 * upstream.RETRY_AFTER_SECONDS
    with pytest.raises(Unavailable):
        await directory.connect()
    now = failed + upstream.RETRY_AFTER_SECONDS
    directory.end(await directory.connect())


async def test_restart_between_two_requests_costs_nothing(
    gateway: GatewayHarness, service: Service
) -> None:
    login: dict[str, Any] = {"headers": JSON, "content": b"{}"}
    assert (await gateway.http.post("/users/login", **login)).status_code == 200
    await service.kill()
    await service.start()
    assert (await gateway.http.post("/users/login", **login)).status_code == 200


class HangsUpTheSecondTime:
    """A service that breaks the second of its connections off and answers all others."""

    def __init__(self) -> None:
        self.calls = 0

    async def __call__(self, _: ReceivedRequest, writer: Writer) -> None:
        self.calls += 1
        if self.calls == 2:
            writer.transport.abort()
        else:
            writer.write(reply(200, HELLO))


async def test_read_on_a_connection_that_just_closed_is_tried_again(
    gateway: GatewayHarness, service: Service
) -> None:
    service.answer = answer = HangsUpTheSecondTime()
    statuses = [(await gateway.http.get("/consultants")).status_code for _ in range(2)]
    assert (statuses, answer.calls) == ([200, 200], 3)


async def test_write_whose_fate_is_unknown_is_not_sent_twice(
    gateway: GatewayHarness, service: Service
) -> None:
    service.answer = answer = HangsUpTheSecondTime()
    for status in (200, 503):
        response = await gateway.http.post("/users/login", headers=JSON, content=b"{}")
        assert response.status_code == status
    assert answer.calls == 2


async def test_service_that_does_not_answer_in_time_is_504(
    gateway: GatewayHarness, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxy, "HEAD_SECONDS", 0.2)
    monkeypatch.setattr(proxy, "WATCH_AFTER_SECONDS", 0.05)

    async def never(_: ReceivedRequest, writer: Writer) -> None:
        await asyncio.Event().wait()

    service.answer = never
    # Nothing is left to be discarded, or it would be waited for.
    monkeypatch.setattr(uploads, "DISCARD_SECONDS", 3600.0)
    assert_problem(await gateway.http.get("/consultants"), 504, "upstream_timeout")
    response = await gateway.http.post("/users/login", headers=JSON, content=b"{}")
    assert_problem(response, 504, "upstream_timeout")


@pytest.mark.parametrize(
    ("given", "status"), [(500, 500), (502, 500), (503, 503), (404, 404), (431, 431)]
)
async def test_error_that_is_no_problem_is_not_shown(
    gateway: GatewayHarness, service: Service, given: int, status: int
) -> None:
    async def blunt(_: ReceivedRequest, writer: Writer) -> None:
        writer.write(reply(given, b"Traceback: psycopg at db.internal:5432", kind="text/plain"))

    service.answer = blunt
    response = await gateway.http.get("/consultants")
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == status
    assert "internal:" not in response.text


async def test_problem_of_a_service_is_passed_on(gateway: GatewayHarness, service: Service) -> None:
    text = b'{"code":"slot_unavailable","status":409}'

    async def polite(_: ReceivedRequest, writer: Writer) -> None:
        writer.write(reply(409, text, kind="application/problem+json"))

    service.answer = polite
    response = await gateway.http.get("/consultants")
    assert (response.status_code, response.content) == (409, text)


@pytest.mark.parametrize(
    "nonsense",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"a" * 70_000,
    ],
)
async def test_service_that_talks_nonsense_is_503(
    gateway: GatewayHarness, service: Service, nonsense: bytes
) -> None:
    async def babble(_: ReceivedRequest, writer: Writer) -> None:
        writer.write(nonsense)

    service.answer = babble
    assert_problem(await gateway.http.get("/consultants"), 503, "service_unavailable")


async def test_answer_that_breaks_off_is_not_taken_for_whole(
    gateway: GatewayHarness, service: Service
) -> None:
    async def half(received: ReceivedRequest, writer: Writer) -> None:
        if received.target.endswith("chunked"):
            writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n")
        else:
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello")
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.close()

    service.answer = half
    for path in ("/consultants?length", "/consultants?chunked"):
        with pytest.raises(httpx.RemoteProtocolError):
            await gateway.http.get(path)


async def test_service_can_hold_only_so_many_requests(
    gateway: GatewayHarness, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway.gateway.upstreams["directory"], "_max_concurrent", 3)
    done = asyncio.Event()

    async def wait(_: ReceivedRequest, writer: Writer) -> None:
        await done.wait()
        writer.write(reply(200, HELLO))

    service.answer = wait
    waiting = [asyncio.create_task(gateway.http.get("/consultants")) for _ in range(3)]

    async def all_there() -> bool:
        return len(service.received) == 3

    await eventually(all_there)
    assert_problem(await gateway.http.get("/consultants"), 503, "service_unavailable")
    done.set()
    assert [(await task).status_code for task in waiting] == [200] * 3
    assert (await gateway.http.get("/consultants")).status_code == 200
