"""The bytes of one client connection: flow control in both directions, deadlines, and closing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from shared.http_server.server import Server

FOREVER = float("inf")
LINGER_SECONDS = 2.0
WRITE_HIGH_WATER = 64 * 1024


class ClientTransport(asyncio.Protocol):
    """What a connection does with its transport. `deadline` is the loop time by which the client
    must have sent a head or read what was written; `lost` is whether the connection is closed.
    """

    def __init__(self, server: Server) -> None:
        self.loop = server.loop
        self.lost = False
        self.opened = self.loop.time()
        self.deadline = self.opened + server.head_seconds
        self._server = server
        self._transport: asyncio.Transport | None = None
        self._closing = self._lingers = self._reading_paused = False
        self._drained: asyncio.Future[None] | None = None
        self._unsent = 0  # at the last check

    @property
    def stopping(self) -> bool:
        """Whether the connection ends with its next response because the server is stopped."""
        return self._server.stopping

    # ---- called by the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio callback: the connection is open."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's has the same interface
        self._transport.set_write_buffer_limits(WRITE_HIGH_WATER)

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

    # ---- writing

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
        """Reads bytes again."""
        if self._reading_paused and self._transport is not None:
            self._reading_paused = False
            if not self.lost and not self._transport.is_closing():
                self._transport.resume_reading()

    def _pause_reading(self) -> None:
        if not self._reading_paused and self._transport is not None:
            self._reading_paused = True
            if not self._transport.is_closing():
                self._transport.pause_reading()
