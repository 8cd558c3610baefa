"""A gateway on a real port in front of services of ours that answer what a test wants and remember
what they received.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest

from gateway.app import Gateway, build
from gateway.settings import GatewaySettings
from shared.auth import User
from shared.http_server.server import Server
from shared.ids import new_id
from shared.services import SERVICES
from shared.testing import eventually, test_verifier, token_for
from shared.testing.ports import free_port

if TYPE_CHECKING:
    from gateway.tests.public_pages import Directory

HELLO = b'{"hello":"you"}'


class ReceivedRequest(msgspec.Struct):
    """One request as a service got it."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes = b""

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)


class Service:
    """A service on a port of its own. `answer` may be replaced; by default it says hello."""

    def __init__(self) -> None:
        self.received: list[ReceivedRequest] = []
        self.connections = 0
        self.gone = asyncio.Event()
        self.port = 0
        self.answer: Callable[[ReceivedRequest, asyncio.StreamWriter], Awaitable[None]] = hello
        self.read_body = True
        self.own: dict[str, tuple[int, bytes]] = {
            "/openapi.json": (200, b'{"paths":{}}'),
            "/health/ready": (200, b'{"status":"up"}'),
        }
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def kill(self) -> None:
        """What SIGKILL does: the port closes and every connection ends at once."""
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                received = _parse(head)
                if received.target in self.own:  # the gateway's own questions
                    writer.write(reply(*self.own[received.target]))
                    continue
                self.received.append(received)
                if self.read_body:
                    received.body = await _body(received, reader)
                await self.answer(received, writer)
                await writer.drain()
                if writer.is_closing():
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            self.gone.set()
        finally:
            self._tasks.discard(task)
            writer.transport.abort()


async def hello(_: ReceivedRequest, writer: asyncio.StreamWriter) -> None:
    writer.write(reply(200, HELLO))


def reply(
    status: int, body: bytes, *headers: tuple[str, str], kind: str = "application/json"
) -> bytes:
    """The bytes of a whole answer."""
    fields = [("content-type", kind), ("content-length", str(len(body))), *headers]
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return f"HTTP/1.1 {status} Whatever\r\n{lines}\r\n".encode() + body


def _parse(head: bytes) -> ReceivedRequest:
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    headers = [(line.partition(":")[0].lower(), line.partition(":")[2].strip()) for line in lines]
    return ReceivedRequest(method, target, headers)


async def _body(received: ReceivedRequest, reader: asyncio.StreamReader) -> bytes:
    if received.header("transfer-encoding") == "chunked":
        body = b""
        while size := int((await reader.readline()).strip(), 16):
            body += await reader.readexactly(size)
            assert await reader.readline() == b"\r\n"
        assert await reader.readline() == b"\r\n"
        return body
    return await reader.readexactly(int(received.header("content-length") or 0))


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    """The one service that all names lead to."""
    made = Service()
    await made.start()
    yield made
    await made.kill()


class GatewayHarness:
    """A running gateway and a client in front of it."""

    def __init__(self, gateway: Gateway, port: int) -> None:
        self.gateway = gateway
        self.port = port
        self.http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20)

    def token(self, role: str = "seeker", **claims: Any) -> dict[str, str]:
        """Authorization for somebody of that role, a new person each time."""
        return {
            "authorization": f"Bearer {token_for(User(new_id(), role, 'Ada', 'Byron'), **claims)}"
        }

    async def raw(self, *sent: bytes, pause: float = 0.0) -> bytes:
        """What comes back for these bytes until the connection ends."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        for part in sent:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)
        answer = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        return answer


Open = Callable[..., Awaitable[GatewayHarness]]


@pytest.fixture
async def open_gateway(service: Service) -> AsyncIterator[Open]:
    """Makes gateways: `await open_gateway(rate_limit_per_minute=5)`."""
    async with contextlib.AsyncExitStack() as stack:

        async def make(**settings: Any) -> GatewayHarness:
            urls = {f"{name}_url": service.url for name in SERVICES}
            gateway = build(
                GatewaySettings(
                    **{"log_level": "critical", "web_root": "/nowhere", **urls, **settings}
                ),
                verifier=test_verifier(),
            )
            port = free_port()
            server = Server(gateway, "127.0.0.1", port, max_connections=2000)
            task = asyncio.create_task(server.serve())
            made = GatewayHarness(gateway, port)

            async def close() -> None:
                await made.http.aclose()
                server.stop()
                await task

            stack.push_async_callback(close)
            await eventually(lambda: is_open(port))
            return made

        yield make


@pytest.fixture
async def gateway(open_gateway: Open) -> GatewayHarness:
    """A gateway with the defaults."""
    return await open_gateway()


@pytest.fixture
def directory(service: Service) -> Directory:
    """What `service` answers as the directory."""
    from gateway.tests.public_pages import Directory  # noqa: PLC0415 - it imports this module

    return Directory(service)


@pytest.fixture
async def site(open_gateway: Open, tmp_path: Path, directory: Directory) -> GatewayHarness:
    """A gateway with an app of nothing but its page, in front of that directory."""
    from gateway.tests.public_pages import INDEX, SITE  # noqa: PLC0415 - it imports this module

    (tmp_path / "index.html").write_text(INDEX)
    return await open_gateway(web_root=str(tmp_path), public_url=SITE, brand_name="Ask & Co")


async def is_open(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
