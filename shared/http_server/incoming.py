"""A request while it is being received."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.http_server.transport import ClientTransport

# How much of a body is buffered before the application reads it; beyond that, reading pauses.
HIGH_WATER = 64 * 1024
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Incoming:
    """A request being received; the application calls `receive`. `keep` is whether the client wants
    to keep the connection open.
    """

    __slots__ = (
        "_connection",
        "_end_received",
        "_parts",
        "_waiter",
        "_waiting_bytes",
        "complete",
        "expects_continue",
        "keep",
        "malformed",
        "scope",
    )  # fmt: skip

    def __init__(self, connection: ClientTransport, scope: dict[str, Any], *, keep: bool) -> None:
        self._connection = connection
        self._parts: list[bytes] = []
        self._waiting_bytes = 0
        self._end_received = False  # the application has received the end of the body
        self._waiter: asyncio.Future[None] | None = None
        self.scope = scope
        self.keep = keep
        self.complete = self.expects_continue = False
        self.malformed: str | None = None

    async def receive(self) -> dict[str, Any]:
        """ASGI `receive`. `http.malformed` means that the rest of the body cannot be parsed."""
        while self._end_received or not (self._parts or self.complete):
            if self.malformed is not None:
                return {"type": "http.malformed", "reason": self.malformed}
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
