"""A network between a program and a server that can be made to fail: disconnected, or frozen."""

from __future__ import annotations

import asyncio
import contextlib
from types import TracebackType
from typing import Self


class Relay:
    """Forwards TCP connections to `host:port`, until told to fail:

    async with Relay("127.0.0.1", 5672) as relay:
        relay.freeze()   # connections stay open, but no bytes pass: a frozen broker
        relay.thaw()
        relay.refuse()   # connections stay open, but new ones are closed at once
        relay.cut()      # connections are closed, and new ones are closed at once
        relay.restore()
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._flows = asyncio.Event()
        self._flows.set()
        self._refuses = False
        self._connections: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.close()
        self.cut()
        self.thaw()
        await self._server.wait_closed()

    def freeze(self) -> None:
        """Withholds all bytes from now on, in both directions."""
        self._flows.clear()

    def thaw(self) -> None:
        """Forwards the withheld bytes, and everything that follows."""
        self._flows.set()

    def refuse(self) -> None:
        """Closes new connections as soon as they are opened; existing ones stay open."""
        self._refuses = True

    def cut(self) -> None:
        """Closes all connections, and new ones as soon as they are opened."""
        self.refuse()
        for connection in list(self._connections):
            connection.transport.abort()

    def restore(self) -> None:
        """Forwards new connections again."""
        self._refuses = False

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refuses:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection(*self._target)
        pair = {writer, back}
        self._connections |= pair
        await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        self._connections -= pair

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(1 << 16):
                await self._flows.wait()
                sink.write(data)
                await sink.drain()
        sink.close()
