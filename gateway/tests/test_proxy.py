"""What passes between client and service: whole, in time, and over connections that are kept."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest

from gateway import upstream
from gateway.tests.assertions import JSON, has_received_a_request
from gateway.tests.conftest import GatewayHarness, ReceivedRequest, Service, reply
from shared.draining import Draining
from shared.ids import new_id
from shared.testing import eventually

Writer = asyncio.StreamWriter


async def test_answer_is_passed_on_while_it_is_still_being_written(
    gateway: GatewayHarness, service: Service
) -> None:
    seen = asyncio.Event()

    async def slowly(_: ReceivedRequest, writer: Writer) -> None:
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 10\r\n\r\nfirst"
        )
        await writer.drain()
        await asyncio.wait_for(seen.wait(), 10)
        writer.write(b"after")

    service.answer = slowly
    parts = []
    async with gateway.http.stream("GET", "/consultants") as response:
        async for part in response.aiter_bytes():
            parts.append(part)
            seen.set()
    assert parts == [b"first", b"after"]


async def test_chunked_answer_arrives_whole(gateway: GatewayHarness, service: Service) -> None:
    pieces = [bytes([n]) * (n * 997 + 1) for n in range(60)]

    async def in_chunks(_: ReceivedRequest, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for piece in pieces:
            writer.write(b"%x;note=1\r\n%b\r\n" % (len(piece), piece))
            await writer.drain()
        writer.write(b"0\r\nx-trailer: 1\r\n\r\n")

    service.answer = in_chunks
    assert (await gateway.http.get("/consultants")).content == b"".join(pieces)
    connections = service.connections
    assert (await gateway.http.get("/consultants")).content == b"".join(pieces)
    assert service.connections == connections, (
        "its end was seen, so the connection can be used again"
    )


async def test_answer_without_a_length_ends_with_its_connection(
    gateway: GatewayHarness, service: Service
) -> None:
    async def until_closed(_: ReceivedRequest, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_000)
        await writer.drain()
        writer.close()

    service.answer = until_closed
    assert len((await gateway.http.get("/consultants")).content) == 100_000


async def test_service_waits_for_a_client_that_reads_slowly(
    gateway: GatewayHarness, service: Service
) -> None:
    """64 MiB are not gathered in the gateway's memory: the service cannot write on while nobody
    reads.
    """
    total, written = 64 << 20, 0

    async def much(_: ReceivedRequest, writer: Writer) -> None:
        nonlocal written
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % total)
        while written < total:
            writer.write(b"x" * 65536)
            await writer.drain()
            written += 65536

    service.answer = much
    async with gateway.http.stream("GET", "/consultants") as response:
        reader = response.aiter_raw()
        got = len(await anext(reader))
        before = -1
        while written != before:  # until nothing moves any more
            before = written
            await asyncio.sleep(0.3)
        assert written < total // 2
        async for part in reader:
            got += len(part)
    assert got == total


async def test_large_upload_reaches_the_service_before_its_end(
    gateway: GatewayHarness, service: Service
) -> None:
    async def pieces() -> Any:
        yield b"x" * 100_000
        await eventually(lambda: has_received_a_request(service))
        yield b"y" * 50_000

    response = await gateway.http.post("/users/login", headers=JSON, content=pieces())
    assert response.status_code == 200
    assert service.received[0].body == b"x" * 100_000 + b"y" * 50_000
    assert service.received[0].header("transfer-encoding") == "chunked"


async def test_small_chunked_upload_is_sent_on_with_its_length(
    gateway: GatewayHarness, service: Service
) -> None:
    async def pieces() -> Any:
        yield b'{"a":'
        yield b"1}"

    await gateway.http.post("/users/login", headers=JSON, content=pieces())
    assert (service.received[0].body, service.received[0].header("content-length")) == (
        b'{"a":1}',
        "7",
    )


async def test_service_may_respond_before_the_end_of_the_request(
    gateway: GatewayHarness, service: Service
) -> None:
    service.read_body = False

    async def refuse(_: ReceivedRequest, writer: Writer) -> None:
        writer.write(reply(409, b'{"code":"early"}', kind="application/problem+json"))
        await writer.drain()
        await asyncio.Event().wait()

    async def pieces() -> Any:
        yield b"x" * 70_000
        await asyncio.sleep(0.5)
        yield b"x"

    service.answer = refuse
    response = await gateway.http.post("/users/login", headers=JSON, content=pieces())
    assert (response.status_code, response.json()) == (409, {"code": "early"})


async def test_stream_is_passed_on_as_it_comes_and_ends_with_its_client(
    gateway: GatewayHarness, service: Service
) -> None:
    more, ended = asyncio.Event(), asyncio.Event()

    async def stream(_: ReceivedRequest, writer: Writer) -> None:
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
            b"transfer-encoding: chunked\r\n\r\n"
            b"7\r\nid: 1\n\n\r\n"
        )
        await writer.drain()
        await more.wait()
        writer.write(b"7\r\nid: 2\n\n\r\n")
        await writer.drain()
        with contextlib.suppress(ConnectionError):
            while True:
                writer.write(b"2\r\n:\n\r\n")
                await writer.drain()
                await asyncio.sleep(0.02)
        ended.set()

    service.answer = stream
    headers = {**gateway.token(), "last-event-id": "41"}
    async with gateway.http.stream("GET", "/events", headers=headers) as response:
        assert response.headers["content-type"] == "text/event-stream"
        parts = response.aiter_raw()
        assert await anext(parts) == b"id: 1\n\n"
        more.set()
        assert (await anext(parts)).startswith(b"id: 2\n\n")
        assert service.received[0].header("last-event-id") == "41"
    await asyncio.wait_for(ended.wait(), 20)


async def test_stream_ends_in_good_order_when_the_gateway_leaves(
    gateway: GatewayHarness, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving = Draining()
    monkeypatch.setattr("gateway.proxy.draining", leaving)

    async def stream(_: ReceivedRequest, writer: Writer) -> None:
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
            b"transfer-encoding: chunked\r\n\r\n"
            b"7\r\nid: 1\n\n\r\n"
        )
        await writer.drain()
        await asyncio.Event().wait()

    service.answer = stream
    async with gateway.http.stream("GET", "/events", headers=gateway.token()) as response:
        parts = response.aiter_raw()
        assert await anext(parts) == b"id: 1\n\n"
        leaving.begin()
        assert [part async for part in parts] == []  # the end of the body, no broken connection


async def test_connections_are_kept_and_old_ones_are_not_used(
    gateway: GatewayHarness, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        await gateway.http.get("/users/me", headers=gateway.token())
    kept = service.connections
    monkeypatch.setattr(upstream, "IDLE_SECONDS", -1.0)
    await gateway.http.get("/users/me", headers=gateway.token())
    assert service.connections == kept + 1


async def test_many_at_once_get_their_own_answers(
    gateway: GatewayHarness, service: Service
) -> None:
    async def echo(received: ReceivedRequest, writer: Writer) -> None:
        await asyncio.sleep(int(received.target[-2:]) % 7 / 100)
        writer.write(reply(200, received.target.encode()))

    service.answer = echo
    targets = [f"/consultants?search={n:03}" for n in range(200)]
    answers = await asyncio.gather(*(gateway.http.get(target) for target in targets))
    assert [answer.text for answer in answers] == targets


async def test_body_of_a_get_is_not_passed_on(gateway: GatewayHarness, service: Service) -> None:
    response = await gateway.http.request(
        "GET", f"/bookings/{new_id()}", headers=gateway.token(), content=b"x" * 10
    )
    assert response.status_code == 200
    assert service.received[0].header("content-length") is None
