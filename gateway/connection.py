"""One kept-alive HTTP/1.1 connection to a service: send a request, then read the response as it
arrives.

The transport is our own because it determines the gateway's speed (docs/decisions/0003); responses
are parsed by llhttp (`httptools`). The other end is always one of our own services, so anything
that is not plain HTTP/1.1 ends the connection.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import NamedTuple, cast

import httptools

Headers = list[tuple[bytes, bytes]]
Address = tuple[str, int]  # address and port

MAX_HEAD_SIZE = 64 * 1024
# How many bytes are buffered for a slow client before reading from the service pauses.
HIGH_WATER = 256 * 1024

_NO_BODY = (204, 304)
# Headers about the connection only, or set by the gateway itself.
_DROPPED = frozenset(
    (b"keep-alive", b"te", b"trailer", b"upgrade", b"proxy-authenticate", b"proxy-connection",
     b"server", b"date", b"via", b"x-powered-by", b"x-request-id", b"transfer-encoding",
     b"connection")
)  # fmt: skip


class UpstreamConnectionLost(Exception):
    """The connection ended before the response did."""


class Head(NamedTuple):
    """The head of a response and the part of its body that has arrived; unless `complete`, the rest
    is read with `Connection.more`.
    """

    status: int
    headers: Headers
    body: bytes
    complete: bool


class Connection(asyncio.Protocol):
    """Carries one request at a time; while `reusable`, it can take another."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._head: asyncio.Future[Head] | None = None
        self._more: asyncio.Future[None] | None = None
        self._drained: asyncio.Future[None] | None = None
        self._parser: httptools.HttpResponseParser | None = None
        self._status = 0  # of the response, once its head is complete
        self._headers: Headers = []
        self._head_bytes = 0
        self._framed = False  # the response states its length
        self._parts: deque[bytes] = deque()
        self._waiting = 0  # bytes in _parts
        self._paused = False
        self._body_open = False
        self._keep = self._answered = False
        self.response_begun = False  # whether any byte of it has come
        self.lost = False
        self.since = 0.0  # when it was last released, by the loop's clock
        self.address: Address | None = None  # of the replica

    @property
    def reusable(self) -> bool:
        """Whether the last response was read completely and the service keeps it open."""
        return self._keep and not self._body_open and not self.lost

    @property
    def closing(self) -> bool:
        """Whether the service ended the connection with its response: it is being stopped."""
        return self._answered and not self._keep

    # ---- sending

    def ask(self, head: bytes) -> asyncio.Future[Head]:
        """Sends `head`, which may include a body. The future returns the head of the response, or
        raises UpstreamConnectionLost.
        """
        self._keep = self._answered = self._framed = self.response_begun = False
        self._status = self._head_bytes = 0
        if self._parser is None:
            self._parser = httptools.HttpResponseParser(self)
        self._head = future = self._loop.create_future()
        if self.lost or self._transport is None:
            future.set_exception(UpstreamConnectionLost())
        else:
            self._transport.write(head)
        return future

    async def write(self, data: bytes) -> None:
        """Sends more of the request's body; waits while the service reads too slowly."""
        if not self.lost and self._transport is not None:
            self._transport.write(data)
        if self._drained is not None:
            await self._drained

    async def more(self) -> bytes:
        """The next bytes of the response's body, b"" at its end. Raises UpstreamConnectionLost."""
        while not self._parts:
            if not self._body_open:
                return b""
            if self.lost:
                raise UpstreamConnectionLost
            self._more = self._loop.create_future()
            await self._more
        return self._taken()

    def close(self) -> None:
        """Closes the connection at once, even during a request."""
        if self._transport is not None:
            self._transport.abort()
        self._end()

    # ---- called by the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio callback: the connection is open."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's has the same interface

    def data_received(self, data: bytes) -> None:
        """asyncio callback: bytes have arrived."""
        parser = self._parser
        if parser is None or (self._head is None and not self._body_open):
            self.close()  # bytes outside of a response
            return
        self.response_begun = True
        try:
            parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.close()
            return
        if not self._status:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_SIZE:
                self.close()
        elif self._head is not None:
            self._give_head()
        else:
            self._pause_if_full()
            self._wake()

    def connection_lost(self, _: Exception | None) -> None:
        """asyncio callback: the connection is closed."""
        if self._body_open and not self._framed:  # it ends with the connection
            self._body_open = False
        self._end()

    def pause_writing(self) -> None:
        """asyncio callback: the peer reads too slowly."""
        self._drained = self._loop.create_future()

    def resume_writing(self) -> None:
        """asyncio callback: the peer reads again."""
        drained, self._drained = self._drained, None
        if drained is not None and not drained.done():
            drained.set_result(None)

    # ---- called by the parser

    def on_message_begin(self) -> None:
        """Parser callback: a message begins."""
        if self._status:  # a second response to one request
            raise ValueError("more than was announced")
        self._headers, self._framed = [], False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Parser callback: one header."""
        name = name.lower()
        if name in (b"content-length", b"transfer-encoding"):
            self._framed = True
        if name not in _DROPPED:
            self._headers.append((name, value.rstrip()))

    def on_headers_complete(self) -> None:
        """Parser callback: the head is complete."""
        parser = self._parser
        assert parser is not None
        status = parser.get_status_code()
        if status < 200:  # 100 Continue, 103 Early Hints: the response follows
            return
        self._status, self._answered = status, True
        self._keep = parser.should_keep_alive()
        self._body_open = status not in _NO_BODY
        if not self._body_open:
            # It may state a length all the same, and the parser would wait for such a body.
            self._parser = None

    def on_body(self, data: bytes) -> None:
        """Parser callback: part of the body."""
        self._parts.append(data)
        self._waiting += len(data)

    def on_message_complete(self) -> None:
        """Parser callback: the message is complete."""
        if self._status:
            self._body_open = False

    # ---- reading

    def _give_head(self) -> None:
        future, self._head = self._head, None
        if future is not None and not future.done():
            complete = not self._body_open
            future.set_result(Head(self._status, self._headers, self._taken(), complete))

    def _pause_if_full(self) -> None:
        if (
            self._waiting > HIGH_WATER
            and self._body_open
            and not self._paused
            and self._transport is not None
        ):
            self._paused = True
            self._transport.pause_reading()

    def _taken(self) -> bytes:
        """All buffered bytes; reading resumes."""
        data = b"".join(self._parts)
        self._parts.clear()
        self._waiting = 0
        if self._paused and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()
        return data

    def _wake(self) -> None:
        more, self._more = self._more, None
        if more is not None and not more.done():
            more.set_result(None)

    def _end(self) -> None:
        self.lost = True
        self._parser = None  # breaks a reference cycle, as the garbage collector runs seldom
        head, self._head = self._head, None
        if head is not None and not head.done():
            head.set_exception(UpstreamConnectionLost())
        self._wake()
        self.resume_writing()
