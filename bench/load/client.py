"""A small HTTP/1.1 client that costs little: the driver shares the machine with what it
measures.
"""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

import httptools
import msgspec

SECONDS = 30  # for one request
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Refused(Exception):
    """An unexpected response; the text contains the request and the response."""


class Connection(asyncio.Protocol):
    """A persistent connection that carries one request at a time."""

    def __init__(self, base: str) -> None:
        url = urlsplit(base)
        if url.hostname not in LOOPBACK:
            raise ValueError(f"{base}: only this machine may be put under load")
        self._host, self._port = url.hostname, url.port or 80
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._parser: Any = None
        self._body = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio callback: the connection is open."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, _: Exception | None) -> None:
        """asyncio callback: the connection is closed."""
        self._transport = None
        self._fail(ConnectionResetError("the connection ended within a request"))

    def data_received(self, data: bytes) -> None:
        """asyncio callback: part of a response has arrived."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(ConnectionResetError(str(error)))
            self.close()

    def on_body(self, data: bytes) -> None:
        """Parser callback: part of the body."""
        self._body += data

    def on_message_complete(self) -> None:
        """Parser callback: the response is complete."""
        if not self._parser.should_keep_alive():
            self.close()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((self._parser.get_status_code(), bytes(self._body)))

    def _fail(self, error: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    def close(self) -> None:
        """Closes the connection; the next request opens a new one."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    async def request(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        form: bytes | None = None,
        authorization: str | None = None,
    ) -> tuple[int, bytes]:
        """Status and body of one request. Raises OSError, TimeoutError."""
        if self._transport is None or self._transport.is_closing():
            loop = asyncio.get_running_loop()
            await loop.create_connection(lambda: self, self._host, self._port)
        assert self._transport is not None
        body = form if form is not None else msgspec.json.encode(json) if json is not None else b""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self._host}:{self._port}"]
        if authorization:
            lines.append(f"Authorization: {authorization}")
        if form is not None:
            lines.append("Content-Type: application/x-www-form-urlencoded")
        elif json is not None:
            lines.append("Content-Type: application/json")
        if method != "GET":
            lines.append(f"Content-Length: {len(body)}")
        self._parser, self._body = httptools.HttpResponseParser(self), bytearray()
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write("\r\n".join([*lines, "", ""]).encode() + body)
        async with asyncio.timeout(SECONDS):
            return await self._answer

    async def call(self, method: str, path: str, json: object = None, **more: Any) -> Any:
        """The response object of a successful request. Raises Refused."""
        status, body = await self.request(method, path, json=json, **more)
        if not 200 <= status < 300:
            raise Refused(f"{method} {path}: {status} {body[:300]!r}")
        return msgspec.json.decode(body) if body else None
