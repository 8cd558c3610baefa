"""The server as its clients see it: what it does with a request's bytes, and how it stops."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from shared.http_server.connection import MAX_HEAD_SIZE, MAX_PIPELINED
from shared.http_server.server import STOP_SECONDS, Server
from shared.testing import eventually

GET = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"


class Echo:
    """Answers with the headers that the application sees, once `goes_on` is set."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.goes_on = asyncio.Event()
        self.goes_on.set()
        self.reason: str | None = None  # why the server could not read a body

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for _ in range(2):
                kind = (await receive())["type"]
                await send({"type": f"{kind}.complete"})
            return
        self.asked.set()
        await self.goes_on.wait()
        more = True
        while more:
            message = await receive()
            more = message.get("more_body", False)
            self.reason = message.get("reason", self.reason)
        body = msgspec.json.encode([name.decode() for name, _ in scope["headers"]])
        headers = [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class Running:
    """A server on a port of its own."""

    def __init__(self, application: Echo) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.server = Server(application, "127.0.0.1", self.port, max_connections=100)
        self.task = asyncio.create_task(self.server.serve())

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def ask(self, sent: bytes) -> bytes:
        """What comes back for these bytes until the connection ends."""
        reader, writer = await self.open()
        writer.write(sent)
        answer = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        return answer

    async def is_open(self) -> bool:
        try:
            _, writer = await self.open()
        except OSError:
            return False
        writer.close()
        return True

    async def is_closed(self) -> bool:
        return not await self.is_open()


@pytest.fixture
async def echo() -> Echo:
    return Echo()


@pytest.fixture
async def running(echo: Echo) -> AsyncIterator[Running]:
    made = Running(echo)
    await eventually(made.is_open)
    yield made
    echo.goes_on.set()
    made.server.stop()
    await asyncio.wait_for(made.task, 20)


# ---- trailers


async def test_trailers_are_not_headers(running: Running) -> None:
    closing = CHUNKED.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n")
    answer = await running.ask(closing + b"0\r\nauthorization: Bearer x\r\na: b\r\n\r\n")
    assert b'["host","transfer-encoding","connection"]' in answer


@pytest.mark.parametrize(
    "trailers",
    [b"a: b\r\n" * (MAX_HEAD_SIZE // 3), b"a: " + b"b" * 2 * MAX_HEAD_SIZE],
    ids=["many", "one without an end"],
)
async def test_trailers_are_bounded(running: Running, echo: Echo, trailers: bytes) -> None:
    reader, writer = await running.open()
    writer.write(CHUNKED + b"1\r\na\r\n0\r\n")
    await asyncio.wait_for(echo.asked.wait(), 20)
    writer.write(trailers)
    await asyncio.wait_for(reader.read(), 20)
    assert echo.reason is not None
    assert "too large" in echo.reason
    writer.close()


# ---- pipelining


async def test_requests_before_their_answers_are_bounded(running: Running, echo: Echo) -> None:
    echo.goes_on.clear()
    reader, writer = await running.open()
    writer.write(GET * 4 * MAX_PIPELINED)
    await asyncio.wait_for(echo.asked.wait(), 20)
    echo.goes_on.set()
    answers = (await asyncio.wait_for(reader.read(), 20)).split(b"HTTP/1.1 200 OK")[1:]
    assert len(answers) == MAX_PIPELINED + 1
    assert [b"connection: close" in answer for answer in answers] == (
        [False] * MAX_PIPELINED + [True]
    )
    writer.close()


# ---- stopping


async def test_connection_that_waits_to_be_accepted_is_served(running: Running) -> None:
    with socket.create_connection(("127.0.0.1", running.port)) as client:  # the loop stands still
        client.sendall(GET)
        running.server.stop()
        client.setblocking(False)
        answer = await asyncio.get_running_loop().sock_recv(client, 65_536)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close" in answer


@pytest.mark.parametrize(
    ("before", "after"),
    [(b"", GET), (GET + GET[:10], GET[10:])],
    ids=["on a connection just opened", "half of which has arrived"],
)
async def test_request_that_is_on_its_way_is_served(
    running: Running, before: bytes, after: bytes
) -> None:
    reader, writer = await running.open()
    if before:
        writer.write(before)
        await reader.readuntil(b"]")
    running.server.stop()
    await eventually(running.is_closed)
    writer.write(after)
    answer = await asyncio.wait_for(reader.read(), 20)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close" in answer
    writer.close()


async def test_answer_after_the_stop_ends_its_connection(running: Running, echo: Echo) -> None:
    echo.goes_on.clear()
    asked = asyncio.create_task(running.ask(GET))
    await asyncio.wait_for(echo.asked.wait(), 20)
    running.server.stop()
    await eventually(running.is_closed)
    echo.goes_on.set()
    assert b"connection: close" in await asked


async def test_connection_at_rest_is_closed_at_once(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.http_server.server.FIRST_REQUEST_SECONDS", 60.0)
    reader, writer = await running.open()
    writer.write(GET)
    await reader.readuntil(b"]")
    running.server.stop()
    assert await asyncio.wait_for(reader.read(), STOP_SECONDS - 5) == b""
    writer.close()


async def test_rejected_client_that_stays_does_not_delay_the_stop(running: Running) -> None:
    reader, writer = await running.open()
    writer.write(b"what\r\n\r\n")
    await reader.read()  # and leaves the connection open
    running.server.stop()
    await asyncio.wait_for(running.task, STOP_SECONDS - 5)
    writer.close()
