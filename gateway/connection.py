"""One kept-alive HTTP/1.1 connection to a service: ask, then read the answer as it comes.

Our own, because it decides the gateway's speed: no library's client came near
(docs/decisions/0003). It speaks to our own services only, so it is strict: whatever is not plain
HTTP/1.1 ends the connection.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from typing import NamedTuple, cast

from gateway.chunked import Chunks

Headers = list[tuple[bytes, bytes]]

LARGEST_HEAD = 64 * 1024
# What may wait for a slow client before the service is told to wait too.
HIGH_WATER = 256 * 1024

_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9]{2})(?: |$)")
_LENGTH = re.compile(rb"[0-9]{1,18}")
# Of the connection, or ours to say, not part of the answer.
_DROPPED = frozenset(
    (b"keep-alive", b"te", b"trailer", b"upgrade", b"proxy-authenticate", b"proxy-connection", b"server",
     b"date", b"via", b"x-powered-by", b"x-request-id", b"transfer-encoding", b"connection")
)  # fmt: skip


Address = tuple[str, int]  # address and port


class UpstreamConnectionLost(Exception):
    """The connection ended before the answer did."""


class Head(NamedTuple):
    """The beginning of an answer and what has come of its body; unless `complete`, the rest is read
    with `Connection.more`.
    """

    status: int
    headers: Headers
    body: bytes
    complete: bool


class Connection(asyncio.Protocol):
    """Carries one request at a time. When an answer is through and `reusable`, it can be asked
    again.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._head: asyncio.Future[Head] | None = None
        self._more: asyncio.Future[None] | None = None
        self._drained: asyncio.Future[None] | None = None
        self._buffer = b""
        self._parts: deque[bytes] = deque()
        self._waiting = 0  # bytes in _parts
        self._left = 0  # bytes of the body still to come; -1: until the connection closes
        self._chunks: Chunks | None = None
        self._paused = False
        self._body_open = False
        self._keep = self._answered = False
        self.lost = False
        self.since = 0.0  # when it was last put away, by the loop's clock
        self.address: Address | None = None  # where it leads

    @property
    def reusable(self) -> bool:
        """Whether the last answer was read to its end and the service keeps the connection open."""
        return self._keep and not self._body_open and not self.lost

    @property
    def closing(self) -> bool:
        """Whether the service has answered and wants no more requests here: it is being stopped."""
        return self._answered and not self._keep

    # ---- asking

    def ask(self, head: bytes) -> asyncio.Future[Head]:
        """Sends `head` and whatever body is part of it. The future gives the answer's beginning, or
        raises UpstreamConnectionLost.
        """
        self._keep = self._answered = False
        self._head = future = self._loop.create_future()
        if self.lost or self._transport is None:
            future.set_exception(UpstreamConnectionLost())
        else:
            self._transport.write(head)
        return future

    async def write(self, data: bytes) -> None:
        """Sends more of the request's body; waits while the service is slow to take it."""
        if not self.lost and self._transport is not None:
            self._transport.write(data)
        if self._drained is not None:
            await self._drained

    async def more(self) -> bytes:
        """The next bytes of the answer's body, b"" at its end. Raises UpstreamConnectionLost."""
        while not self._parts:
            if not self._body_open:
                return b""
            if self.lost:
                raise UpstreamConnectionLost
            self._more = self._loop.create_future()
            await self._more
        return self._taken()

    def close(self) -> None:
        """Ends the connection at once, whatever is under way."""
        if self._transport is not None:
            self._transport.abort()
        self._end()

    # ---- what the loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but name

    def data_received(self, data: bytes) -> None:
        try:
            if self._body_open:
                self._take_body(data)
            elif self._head is not None:
                self._take_head(data)
            else:
                raise ValueError("bytes that nobody asked for")
        except ValueError:
            self.close()

    def connection_lost(self, _: Exception | None) -> None:
        if self._body_open and self._left < 0:
            self._finish_body()
        self._end()

    def pause_writing(self) -> None:
        self._drained = self._loop.create_future()

    def resume_writing(self) -> None:
        drained, self._drained = self._drained, None
        if drained is not None and not drained.done():
            drained.set_result(None)

    # ---- reading

    def _take_head(self, data: bytes) -> None:
        if self._buffer:
            data = self._buffer + data
        end = data.find(b"\r\n\r\n")
        if end < 0:
            if len(data) > LARGEST_HEAD:
                raise ValueError("no end of the head")
            self._buffer = data
            return
        first, *lines = data[:end].split(b"\r\n")
        match = _STATUS.match(first)
        if match is None:
            raise ValueError("not HTTP/1.1")
        status = int(match[2])
        self._buffer = b""
        if status < 200:  # 100 Continue, 103 Early Hints: the answer comes behind it
            if len(data) > end + 4:
                self._take_head(data[end + 4 :])
            return
        self._answer(status, match[1] == b"1", lines, data[end + 4 :])

    def _answer(self, status: int, keep: bool, lines: list[bytes], rest: bytes) -> None:
        headers: Headers = []
        length: int | None = None
        chunked = False
        for line in lines:
            name, colon, value = line.partition(b":")
            name, value = name.lower(), value.strip()
            if name == b"content-length":
                if _LENGTH.fullmatch(value) is None or length not in (None, int(value)):
                    raise ValueError("not a length")
                length = int(value)
            elif name in _DROPPED:
                if name == b"transfer-encoding":
                    chunked = value.lower() == b"chunked"
                elif name == b"connection":
                    keep = keep and value.lower() != b"close"
                continue
            elif not colon:
                raise ValueError("not a header")
            headers.append((name, value))
        self._keep, self._answered = keep, True
        if status in (204, 304):
            length, chunked = 0, False
        if chunked:
            self._chunks, self._left = Chunks(), 0
        else:
            self._left = -1 if length is None else length
        if not chunked and len(rest) == self._left:  # the usual: all of it came at once
            self._left = 0
        else:
            self._body_open = True
            self._take_body(rest)
            rest = self._taken()
        future, self._head = self._head, None
        if future is not None and not future.done():
            future.set_result(Head(status, headers, rest, not self._body_open))

    def _take_body(self, data: bytes) -> None:
        if self._chunks is not None:
            data = self._chunks.feed(data)
        if data:
            self._parts.append(data)
            self._waiting += len(data)
        if self._chunks is not None:
            if self._chunks.done:
                self._finish_body()
        elif self._left >= 0:
            self._left -= len(data)
            if self._left < 0:
                raise ValueError("more than was announced")
            if self._left == 0:
                self._finish_body()
        if (
            self._waiting > HIGH_WATER
            and self._body_open
            and not self._paused
            and self._transport is not None
        ):
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def _taken(self) -> bytes:
        """All that waits, and room again for more."""
        data = b"".join(self._parts)
        self._parts.clear()
        self._waiting = 0
        if self._paused and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()
        return data

    def _finish_body(self) -> None:
        self._body_open = False
        self._chunks = None
        if self._left < 0:
            self._keep = False

    def _wake(self) -> None:
        more, self._more = self._more, None
        if more is not None and not more.done():
            more.set_result(None)

    def _end(self) -> None:
        self.lost = True
        head, self._head = self._head, None
        if head is not None and not head.done():
            head.set_exception(UpstreamConnectionLost())
        self._wake()
        self.resume_writing()
