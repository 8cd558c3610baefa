"""A network between a program and a server that can fail: cut, or so slow that nothing arrives."""

from __future__ import annotations

import asyncio
import contextlib
from types import TracebackType
from typing import Self


class Relay:
    """Passes TCP connections on to `host:port`, until told otherwise:

    async with Relay("127.0.0.1", 5672) as relay:
        relay.freeze()   # connections stay, and nothing passes: a broker that is frozen
        relay.thaw()
        relay.refuse()   # connections stay, and new ones end at once
        relay.cut()      # connections end, and new ones end at once
        relay.mend()
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
        """From now on bytes are held back, in both directions."""
        self._flows.clear()

    def thaw(self) -> None:
        """Lets what was held back pass, and all that follows."""
        self._flows.set()

    def refuse(self) -> None:
        """Has new connections end as soon as they are made; those that there are go on."""
        self._refuses = True

    def cut(self) -> None:
        """Ends all connections; new ones end as soon as they are made."""
        self.refuse()
        for connection in list(self._connections):
            connection.transport.abort()

    def mend(self) -> None:
        """New connections pass again."""
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
