"""A service as the gateway sees it: its kept-alive connections, and whether it is worth asking at all."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from gateway.connection import Connection
from shared.problems import Unavailable
from shared.telemetry import log

CONNECT_SECONDS = 1.0
# After a failed connect the service is not tried again for so long: callers get their 503 at once instead of queueing.
REST_SECONDS = 0.5
# The services close a connection that was idle for ten seconds; ours are given up well before, so that none is caught closing.
IDLE_SECONDS = 5.0
# A service that hangs may hold so many requests, and not all of the gateway's memory and file descriptors.
MOST_AT_ONCE = 1024


class Upstream:
    """One service. `take` a connection, then `give` it back, whatever happened."""

    def __init__(self, name: str, url: str) -> None:
        parts = urlsplit(url)
        self.name = name
        self.host = parts.hostname or "127.0.0.1"
        self.port = parts.port or 80
        self.netloc = parts.netloc.encode()
        self._idle: list[Connection] = []
        self._in_use = 0
        self._rests_until = 0.0

    def take_idle(self, now: float) -> Connection | None:
        """A connection that is open and was used lately, or None. The newest first, so that the spare ones grow old."""
        idle = self._idle
        while idle:
            connection = idle.pop()
            if connection.lost:
                continue
            if now - connection.since > IDLE_SECONDS:  # and all below it are older still
                connection.close()
                self.close()
                return None
            self._in_use += 1
            return connection
        return None

    async def connect(self) -> Connection:
        """A new connection. Raises Unavailable when the service is away, at once if that was found a moment ago."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._rests_until or self._in_use >= MOST_AT_ONCE:
            raise Unavailable
        self._in_use += 1
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, connection = await loop.create_connection(lambda: Connection(loop), self.host, self.port)
        except OSError as error:  # TimeoutError is one
            self._in_use -= 1
            self._rests_until = loop.time() + REST_SECONDS
            log.warning("service is away", service=self.name, reason=type(error).__name__)
            raise Unavailable from None
        except BaseException:
            self._in_use -= 1
            raise
        return connection

    def give(self, connection: Connection, now: float) -> None:
        """Puts a connection away for the next request, or closes it when its answer was not read to the end."""
        self._in_use -= 1
        if connection.reusable:
            connection.since = now
            self._idle.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Closes the connections that nobody uses."""
        while self._idle:
            self._idle.pop().close()
