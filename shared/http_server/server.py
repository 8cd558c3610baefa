"""Listens, enforces limits across all connections, and shuts down gracefully."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable
from typing import Any

from shared.http_server.connection import Connection
from shared.http_server.scope import ASGI

Application = Callable[[Any, Any, Any], Awaitable[None]]

# Seconds a client has to send the head of a request (the pause between two requests included), and
# to read the response.
HEAD_SECONDS = 10.0
# Seconds that requests in progress may take after the server is stopped.
STOP_SECONDS = 15.0
# A connection younger than this when the server is stopped may still send its first request.
FIRST_REQUEST_SECONDS = 1.0
SWEEP_SECONDS = 0.5
MAX_DROPPED = 8 << 20


class Server:
    """Serves the ASGI `application` on `host`:`port` until `stop` is called."""

    def __init__(
        self,
        application: Application,
        host: str,
        port: int,
        *,
        max_connections: int,
        backlog: int = 2048,
        head_seconds: float = HEAD_SECONDS,
    ) -> None:
        self.application = application
        self.head_seconds = head_seconds
        self.max_dropped = MAX_DROPPED
        self._host, self._port, self._backlog = host, port, backlog
        self._most = max_connections
        self._connections: set[Connection] = set()
        self._stopping = asyncio.Event()

    @property
    def stopping(self) -> bool:
        """Whether every connection ends with its next response."""
        return self._stopping.is_set()

    async def serve(self) -> None:
        """Serves until the server is stopped and its requests have finished. Raises RuntimeError if
        the application cannot start.
        """
        self.loop = asyncio.get_running_loop()
        lifespan = _Lifespan(self.application)
        await lifespan.start()
        listening = self._listening_socket()
        listener = await self.loop.create_server(
            lambda: Connection(self), sock=listening, backlog=self._backlog
        )
        sweeper = self.loop.create_task(self._sweep())
        await self._stopping.wait()
        established = _accept_all(listening)
        listener.close()
        for accepted in established:
            await self.loop.connect_accepted_socket(lambda: Connection(self), accepted)
        await self._end_connections()
        sweeper.cancel()
        await lifespan.end()

    def stop(self) -> None:
        """Accepts no more connections, and lets requests finish."""
        self._stopping.set()

    def _listening_socket(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        made = socket.socket(family, socket.SOCK_STREAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((self._host.strip("[]"), self._port))
        made.setblocking(False)
        return made

    # ---- called by connections

    def opened(self, connection: Connection) -> None:
        """Registers a connection; it is closed at once if the server is full."""
        self._connections.add(connection)
        if len(self._connections) > self._most:
            connection.abort()

    def closed(self, connection: Connection) -> None:
        """Unregisters a closed connection."""
        self._connections.discard(connection)

    # ---- limits and shutdown

    async def _sweep(self) -> None:
        """Closes connections whose clients send or read nothing. One sweep over all of them is
        cheaper than a timer per request.
        """
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            now = self.loop.time()
            for connection in [c for c in self._connections if c.overdue(now)]:
                connection.abort()

    async def _end_connections(self) -> None:
        until = self.loop.time() + STOP_SECONDS
        while self._connections and self.loop.time() < until:
            youngest = self.loop.time() - FIRST_REQUEST_SECONDS
            for connection in list(self._connections):
                if connection.may_close(youngest):
                    connection.close()
            await asyncio.sleep(0.02)
        for connection in list(self._connections):
            connection.abort()


def _accept_all(listening: socket.socket) -> list[socket.socket]:
    """The connections that the kernel has established and the event loop has not accepted yet:
    closing the listening socket would reset them, even if their clients have sent a request.
    """
    accepted = []
    with contextlib.suppress(OSError):  # BlockingIOError: that was all
        while True:
            accepted.append(listening.accept()[0])
    return accepted


class _Lifespan:
    """ASGI's lifespan protocol: notifies the application of startup and shutdown."""

    def __init__(self, application: Application) -> None:
        self._to: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._from: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        scope = {"type": "lifespan", "asgi": ASGI, "state": {}}
        self._run = application(scope, self._to.get, self._from.put)

    async def start(self) -> None:
        self._task = asyncio.ensure_future(self._run)
        await self._notify("lifespan.startup")

    async def end(self) -> None:
        await self._notify("lifespan.shutdown")
        await self._task

    async def _notify(self, kind: str) -> None:
        await self._to.put({"type": kind})
        answer = asyncio.ensure_future(self._from.get())
        await asyncio.wait((answer, self._task), return_when=asyncio.FIRST_COMPLETED)
        if not answer.done() or answer.result()["type"] != f"{kind}.complete":
            answer.cancel()
            raise RuntimeError(f"{kind} failed")
