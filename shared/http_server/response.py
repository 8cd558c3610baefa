"""Converts an application's ASGI messages into the bytes of one HTTP/1.1 response."""

from __future__ import annotations

import functools
import time
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.http_server.incoming import Incoming
    from shared.http_server.transport import ClientTransport

_NO_BODY = frozenset((204, 304))
_LINES = {
    status.value: b"HTTP/1.1 %d %b\r\n" % (status.value, status.phrase.encode())
    for status in HTTPStatus
}


@functools.lru_cache(1)
def _date(second: int) -> bytes:
    return b"date: %b\r\n" % formatdate(second, usegmt=True).encode()


class Response:
    """One response. `keep` is whether the connection may carry another request, `ended` whether the
    response has been written completely.
    """

    __slots__ = (
        "_chunked", "_connection", "_head", "_incoming", "_is_head", "_old", "ended", "keep",
    )  # fmt: skip

    def __init__(self, connection: ClientTransport, incoming: Incoming) -> None:
        self._connection = connection
        self._incoming = incoming
        self._is_head = incoming.scope["method"] == "HEAD"
        self._old = incoming.scope["http_version"] == "1.0"
        self._head: bytes | None = None
        self._chunked = False
        self.keep = incoming.keep
        self.ended = False

    async def send(self, message: dict[str, Any]) -> None:
        """ASGI `send`. Data written after the client has disconnected is discarded."""
        if message["type"] == "http.response.start":
            self._begin(message["status"], message.get("headers", ()))
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        head, self._head = self._head, None
        if self._is_head:
            body = b""
        elif self._chunked:
            body = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
            if not more:
                body += b"0\r\n\r\n"
        self._connection.write(head + body if head is not None else body)
        self.ended = self.ended or not more
        await self._connection.drain()

    def _begin(self, status: int, headers: Any) -> None:
        # A response before the end of the body closes the connection: the client may stop sending.
        self.keep = self.keep and self._incoming.complete and not self._connection.stopping
        parts = [_LINES.get(status) or b"HTTP/1.1 %d \r\n" % status, _date(int(time.time()))]
        sized = status in _NO_BODY
        for name, value in headers:
            if name == b"connection":
                self.keep = self.keep and value != b"close"
                continue
            if name == b"content-length":
                sized = True
            parts.append(b"%b: %b\r\n" % (name, value))
        if not sized:
            self._chunked = not self._old
            self.keep = self.keep and self._chunked
            if self._chunked:
                parts.append(b"transfer-encoding: chunked\r\n")
        if not self.keep:
            parts.append(b"connection: close\r\n")
        elif self._old:
            parts.append(b"connection: keep-alive\r\n")
        parts.append(b"\r\n")
        self._head = b"".join(parts)
