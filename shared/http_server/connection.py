"""One client connection: turns bytes into requests for the application, and its messages into
bytes.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from typing import TYPE_CHECKING

import httptools

from shared.http_server.incoming import Incoming
from shared.http_server.response import Response
from shared.http_server.scope import scope_of
from shared.http_server.transport import FOREVER, ClientTransport

if TYPE_CHECKING:
    from shared.http_server.server import Server

MAX_HEAD_SIZE = 64 * 1024
# The maximum number of pipelined requests that wait; each takes 1 KB. Clients that pipeline send
# about a dozen at once.
MAX_PIPELINED = 100
_REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) (/[!-~]*) HTTP/1\.[01]\r\n")


class Connection(ClientTransport):
    """Processes requests in order, including pipelined ones."""

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self._parser = httptools.HttpRequestParser(self)
        self._url = b""
        self._headers: list[tuple[bytes, bytes]] = []
        # Since the last head or body data: of a head, of chunk extensions or of trailers.
        self._unframed_bytes = 0
        self._reading_head = self._expects_continue = False
        self._arriving: Incoming | None = None  # the request whose body is being read
        self._waiting: deque[Incoming] = deque()
        self._task: asyncio.Task[None] | None = None
        self._peer: tuple[str, int] | None = None
        self._current: Incoming | None = None  # the request being answered

    def may_close(self, youngest: float) -> bool:
        """Whether the connection is open and no request is lost by closing it: none is being
        answered or received, and it has had one or was opened before `youngest` (loop time).
        """
        if self._closing or self._task is not None or self._reading_head:
            return False
        return self._url != b"" or self.opened < youngest

    # ---- called by the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio callback: the connection is open."""
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        self._peer = peer[:2] if peer else None
        self._server.opened(self)

    def data_received(self, data: bytes) -> None:
        """asyncio callback: bytes have arrived."""
        if self._closing:
            self._after_end(len(data))
            return
        self._unframed_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._closing = True  # what follows is not HTTP; the request itself is still processed
        except httptools.HttpParserCallbackError:
            self.abort()
        except httptools.HttpParserInvalidMethodError as error:
            self._refuse_method(data, str(error))
        except httptools.HttpParserError as error:
            self._refuse(str(error))
        if self._unframed_bytes > MAX_HEAD_SIZE and not self._closing:
            self._refuse("head or trailers too large", too_large=True)

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

    # ---- called by the parser

    def on_message_begin(self) -> None:
        """Parser callback: a message begins."""
        self._url, self._headers, self._reading_head = b"", [], True

    def on_url(self, url: bytes) -> None:
        """Parser callback: part of the request target."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Parser callback: one header, or a trailer. Trailers are dropped: no proxy
        in front of this server checks them, and none may replace a header (RFC 9110 §6.5.1).
        """
        if self._arriving is not None:
            return
        name = name.lower()
        self._headers.append((name, value))
        if name == b"expect":
            self._expects_continue = value.lower() == b"100-continue"

    def on_headers_complete(self) -> None:
        """Parser callback: the head is complete."""
        self._unframed_bytes, self._reading_head = 0, False
        self.deadline = FOREVER
        if len(self._waiting) >= MAX_PIPELINED:
            self._stop_pipelining()
            return
        parser = self._parser
        method, version = parser.get_method().decode(), parser.get_http_version()
        scope = scope_of(method, self._url, self._headers, version, self._peer)
        incoming = Incoming(self, scope, keep=parser.should_keep_alive())
        incoming.expects_continue, self._expects_continue = self._expects_continue, False
        self._arriving = incoming
        self._next(incoming)

    def on_body(self, data: bytes) -> None:
        """Parser callback: part of the body."""
        self._unframed_bytes = 0
        if self._arriving is not None and not self._arriving.add(data):
            self._pause_reading()

    def on_message_complete(self) -> None:
        """Parser callback: the message is complete."""
        incoming, self._arriving = self._arriving, None
        self._unframed_bytes = 0
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

    def _stop_pipelining(self) -> None:
        """Closes the connection behind the last request that waits; its client sends the following
        ones again (RFC 9112 §9.3.2).
        """
        self._closing = self._lingers = True
        self._waiting[-1].keep = False

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
            arriving.malformed = reason
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
        self._unframed_bytes += size
        if self._unframed_bytes > self._server.max_dropped:
            self.abort()

    def resume_reading(self) -> None:
        """Reads bytes again, unless pipelined requests are waiting."""
        if self._reading_paused and not self._waiting:
            super().resume_reading()
