"""One client connection: turns bytes into requests for the application, and its messages into
bytes.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from typing import TYPE_CHECKING, Any, cast

import httptools

from shared.http_server.response import Response
from shared.http_server.scope import scope_of

if TYPE_CHECKING:
    from shared.http_server.server import Server

LARGEST_HEAD = 64 * 1024
# How much of a body is buffered before the application reads it; beyond that, reading pauses.
HIGH_WATER = 64 * 1024
FOREVER = float("inf")
LINGER_SECONDS = 2.0
WRITE_HIGH_WATER = 64 * 1024
_REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) (/[!-~]*) HTTP/1\.[01]\r\n")
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Incoming:
    """A request being received; the application calls `receive`. `keep` is whether the client wants
    to keep the connection open.
    """

    __slots__ = (
        "_connection", "_end_received", "_parts", "_waiter", "_waiting_bytes",
        "complete", "expects_continue", "fault", "keep", "scope",
    )  # fmt: skip

    def __init__(self, connection: Connection, scope: dict[str, Any], *, keep: bool) -> None:
        self._connection = connection
        self._parts: list[bytes] = []
        self._waiting_bytes = 0
        self._end_received = False  # the application has received the end of the body
        self._waiter: asyncio.Future[None] | None = None
        self.scope = scope
        self.keep = keep
        self.complete = self.expects_continue = False
        self.fault: str | None = None

    async def receive(self) -> dict[str, Any]:
        """ASGI `receive`. `http.malformed` means that the rest of the body cannot be parsed."""
        while self._end_received or not (self._parts or self.complete):
            if self.fault is not None:
                return {"type": "http.malformed", "reason": self.fault}
            if self._connection.lost:
                return {"type": "http.disconnect"}
            if self.expects_continue:
                self.expects_continue = False
                self._connection.write(_CONTINUE)
            self._connection.resume_reading()
            self._waiter = self._connection.loop.create_future()
            await self._waiter
        body = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts.clear()
        self._waiting_bytes = 0
        self._end_received = self.complete
        self._connection.resume_reading()
        return {"type": "http.request", "body": body, "more_body": not self.complete}

    def add(self, data: bytes) -> bool:
        """Buffers more of the body; False if the client should pause."""
        self.expects_continue = False
        self._parts.append(data)
        self._waiting_bytes += len(data)
        self.wake()
        return self._waiting_bytes <= HIGH_WATER

    def wake(self) -> None:
        """Lets a waiting `receive` continue."""
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)


class Connection(asyncio.Protocol):
    """Processes requests in order, including pipelined ones. `deadline` is the loop time by which
    the client must have sent a head or read what was written.
    """

    def __init__(self, server: Server) -> None:
        self.loop = server.loop
        self.lost = False
        self.deadline = self.loop.time() + server.head_seconds
        self._server = server
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._url = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._head_bytes = 0
        self._expects_continue = False
        self._arriving: Incoming | None = None  # the request whose body is being read
        self._waiting: deque[Incoming] = deque()
        self._task: asyncio.Task[None] | None = None
        self._closing = self._lingers = self._reading_paused = False
        self._drained: asyncio.Future[None] | None = None
        self._unsent = 0  # at the last check
        self._peer: tuple[str, int] | None = None
        self._current: Incoming | None = None  # the request being answered

    @property
    def idle(self) -> bool:
        """Whether no request is being answered."""
        return self._task is None

    # ---- called by the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio callback: the connection is open."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is alike
        self._transport.set_write_buffer_limits(WRITE_HIGH_WATER)
        peer = transport.get_extra_info("peername")
        self._peer = peer[:2] if peer else None
        self._server.opened(self)

    def data_received(self, data: bytes) -> None:
        """asyncio callback: bytes have arrived."""
        if self._closing:
            self._after_end(len(data))
            return
        if self._arriving is None:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._closing = True  # what follows is not HTTP; the request itself is answered
        except httptools.HttpParserCallbackError:
            self.abort()
        except httptools.HttpParserInvalidMethodError as error:
            self._refuse_method(data, str(error))
        except httptools.HttpParserError as error:
            self._refuse(str(error))
        if self._arriving is None and self._head_bytes > LARGEST_HEAD:
            self._refuse("head too large", too_large=True)

    def eof_received(self) -> None:
        """The client has sent EOF and waits for no response."""

    def connection_lost(self, _: Exception | None) -> None:
        """asyncio callback: the connection is closed."""
        self.lost = True
        del self._parser  # breaks a reference cycle, as the garbage collector runs seldom
        self._server.closed(self)
        self.resume_writing()
        if self._arriving is not None:
            self._arriving.wake()
        if self._current is not None:
            self._current.wake()
        self._waiting.clear()

    def pause_writing(self) -> None:
        """asyncio callback: the peer reads too slowly."""
        self._drained = self.loop.create_future()
        if self._transport is not None:
            self._unsent = self._transport.get_write_buffer_size()
        self.deadline = self.loop.time() + self._server.head_seconds

    def resume_writing(self) -> None:
        """asyncio callback: the peer reads again."""
        drained, self._drained = self._drained, None
        self.deadline = FOREVER
        if drained is not None and not drained.done():
            drained.set_result(None)

    # ---- called by the parser

    def on_message_begin(self) -> None:
        """Parser callback: a message begins."""
        self._url, self._headers = b"", []

    def on_url(self, url: bytes) -> None:
        """Parser callback: part of the request target."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Parser callback: one header."""
        name = name.lower()
        self._headers.append((name, value))
        if name == b"expect":
            self._expects_continue = value.lower() == b"100-continue"

    def on_headers_complete(self) -> None:
        """Parser callback: the head is complete."""
        self._head_bytes = 0
        self.deadline = FOREVER
        parser = self._parser
        method, version = parser.get_method().decode(), parser.get_http_version()
        scope = scope_of(method, self._url, self._headers, version, self._peer)
        incoming = Incoming(self, scope, keep=parser.should_keep_alive())
        incoming.expects_continue, self._expects_continue = self._expects_continue, False
        self._arriving = incoming
        self._next(incoming)

    def on_body(self, data: bytes) -> None:
        """Parser callback: part of the body."""
        if self._arriving is not None and not self._arriving.add(data):
            self._pause_reading()

    def on_message_complete(self) -> None:
        """Parser callback: the message is complete."""
        incoming, self._arriving = self._arriving, None
        if incoming is not None:
            incoming.complete = True
            incoming.wake()

    # ---- one request after the other

    def _next(self, incoming: Incoming) -> None:
        if self._task is None:
            self._start(incoming)
        else:
            self._waiting.append(incoming)
            self._pause_reading()

    def _start(self, incoming: Incoming) -> None:
        self._current = incoming
        response = Response(self, incoming)
        self._task = self.loop.create_task(self._answer(incoming, response))

    async def _answer(self, incoming: Incoming, response: Response) -> None:
        try:
            await self._server.application(incoming.scope, incoming.receive, response.send)
        except Exception:
            self.abort()
        self._task = self._current = None
        if not response.ended:
            self.abort()
        elif not (response.keep and incoming.complete) or (self._closing and not self._waiting):
            self.close()
        elif self._waiting:
            self._start(self._waiting.popleft())
        else:
            self.deadline = self.loop.time() + self._server.head_seconds
            self.resume_reading()

    def _refuse(self, reason: str, *, too_large: bool = False) -> None:
        """Stops reading. The application renders the rejection, either of the request whose body is
        malformed or of one that never became a request.
        """
        self._closing = self._lingers = True
        arriving, self._arriving = self._arriving, None
        if arriving is not None:
            arriving.fault = reason
            arriving.wake()
            return
        self._answer_at_once("GET", b"/", malformed="" if too_large else reason)

    def _refuse_method(self, data: bytes, reason: str) -> None:
        """The parser does not know the method, but it may be valid: the application responds that
        the path does not support it.
        """
        line = _REQUEST_LINE.match(data) if self._arriving is None else None
        if line is None:
            self._refuse(reason)
        else:
            self._closing = True
            self._answer_at_once(line[1].decode(), line[2])

    def _answer_at_once(self, method: str, url: bytes, **more: str) -> None:
        scope = scope_of(method, url, [(b"host", b"")], "1.1", self._peer)
        incoming = Incoming(self, {**scope, **more}, keep=False)
        incoming.complete = True
        self._next(incoming)

    def _after_end(self, size: int) -> None:
        """Discards bytes after the end for a while, so that the client can read the response before
        the connection is reset.
        """
        self._head_bytes += size
        if self._head_bytes > self._server.most_dropped:
            self.abort()

    # ---- the transport

    def overdue(self, now: float) -> bool:
        """Whether the client has been silent for too long. A slow reader is not considered
        silent.
        """
        if self.deadline > now or self._transport is None:
            return False
        unsent = self._transport.get_write_buffer_size()
        progress, self._unsent = 0 < unsent < self._unsent, unsent
        if progress:
            self.deadline = now + self._server.head_seconds
        return not progress

    def write(self, data: bytes) -> None:
        """Sends `data`, or discards it if the client has disconnected."""
        if self._transport is not None and not self.lost:
            self._transport.write(data)

    async def drain(self) -> None:
        """Waits until the client has read most of the written data."""
        if self._drained is not None:
            await self._drained

    def close(self) -> None:
        """Closes the connection when all written data has been sent. A client that was rejected
        while sending gets a moment to read the response before a reset would discard it.
        """
        self._closing = True
        if self._transport is None:
            return
        self._unsent = self._transport.get_write_buffer_size()
        if self._lingers:
            self.deadline = self.loop.time() + LINGER_SECONDS
            self._transport.write_eof()
        else:
            self.deadline = self.loop.time() + self._server.head_seconds
            self._transport.close()

    def abort(self) -> None:
        """Closes the connection at once."""
        self._closing = True
        if self._transport is not None:
            self._transport.abort()

    def resume_reading(self) -> None:
        """Reads bytes again, unless pipelined requests are waiting."""
        if self._reading_paused and not self._waiting and self._transport is not None:
            self._reading_paused = False
            if not self.lost and not self._transport.is_closing():
                self._transport.resume_reading()

    def _pause_reading(self) -> None:
        if not self._reading_paused and self._transport is not None:
            self._reading_paused = True
            if not self._transport.is_closing():
                self._transport.pause_reading()
