"""A service behind the gateway: its replicas, its kept-alive connections, and whether it can be
reached.
"""

from __future__ import annotations

import asyncio
import random
import socket
from urllib.parse import urlsplit

from gateway.connection import Address, Connection
from shared.problems import Unavailable
from shared.telemetry import log

CONNECT_SECONDS = 1.0
# For how long a replica that refused a connection is not tried again: callers get a 503 at once
# instead of waiting.
RETRY_AFTER_SECONDS = 0.5
# For how long a replica that closed a connection with its response, because it is being stopped, is
# used only if there is no other.
STOPPING_SECONDS = 5.0
# Connections idle for longer are closed, before a replica that is being stopped closes them while a
# request is being sent (DRAIN_SECONDS: 3).
IDLE_SECONDS = 2.0
# How long resolved addresses are reused: the number of replicas may change.
NAMES_KEPT_SECONDS = 1.0
# Maximum number of requests in progress at one service: one that hangs must not take all of the
# gateway's memory and file descriptors.
MAX_CONCURRENT = 1024
# The same where responses are endless: one for each open page of a signed-in user.
MAX_STREAMS = 4096


class Upstream:
    """One service at one address or several (comma-separated URLs, or names that lead to several
    addresses). `acquire` or `connect` a connection, then always `release` it.
    """

    def __init__(self, name: str, urls: str, max_concurrent: int = MAX_CONCURRENT) -> None:
        parts = [urlsplit(url.strip()) for url in urls.split(",")]
        self.name = name
        self.netloc = parts[0].netloc.encode()
        self._named = [(part.hostname or "127.0.0.1", part.port or 80) for part in parts]
        self._addresses: list[Address] = []
        self._addresses_until = 0.0
        self._idle: list[Connection] = []
        self._in_use = 0
        self._max_concurrent = max_concurrent
        self._rests: dict[Address, float] = {}
        self._leaving: dict[Address, float] = {}

    # ---- connections

    def acquire(self, now: float) -> Connection | None:
        """An open connection that was used recently, or None. The most recently used first, so that
        surplus ones expire.
        """
        idle = self._idle
        while idle:
            connection = idle.pop()
            if connection.lost:
                continue
            if now - connection.since > IDLE_SECONDS:  # and those below it are even older
                connection.close()
                self.close()
                return None
            self._in_use += 1
            return connection
        return None

    async def connect(self, avoiding: Address | None = None) -> Connection:
        """A new connection to one of the replicas, to the one at `avoiding` only if there is no
        other. Raises Unavailable if none can be reached, at once if that is already known.
        """
        loop = asyncio.get_running_loop()
        if self._in_use >= self._max_concurrent:
            raise Unavailable
        self._in_use += 1
        started = loop.time()
        try:
            for address in self._order(await self._resolved(loop), started, avoiding):
                connection = await self._try(loop, address)
                if connection is not None:
                    return connection
                if loop.time() - started > CONNECT_SECONDS:
                    break
        except BaseException:
            self._in_use -= 1
            raise
        self._in_use -= 1
        raise Unavailable

    async def _try(self, loop: asyncio.AbstractEventLoop, address: Address) -> Connection | None:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, connection = await loop.create_connection(lambda: Connection(loop), *address)
        except OSError as error:  # TimeoutError is one
            self._rests[address] = loop.time() + RETRY_AFTER_SECONDS
            log.warning(
                "service unreachable", service=self.name, at=address[0], reason=type(error).__name__
            )
            return None
        connection.address = address
        return connection

    def release(self, connection: Connection, now: float) -> None:
        """Keeps a connection for the next request, or closes it if its response was not read
        completely.
        """
        self._in_use -= 1
        if connection.reusable:
            connection.since = now
            self._idle.append(connection)
            return
        if connection.closing and connection.address is not None:
            self._leaving[connection.address] = now + STOPPING_SECONDS
        connection.close()

    def end(self, connection: Connection) -> None:
        """Closes a connection that was opened for a single request."""
        self._in_use -= 1
        connection.close()

    def close(self) -> None:
        """Closes the idle connections."""
        while self._idle:
            self._idle.pop().close()

    # ---- replicas

    def _order(
        self, addresses: list[Address], now: float, avoiding: Address | None
    ) -> list[Address]:
        """The addresses to try: in random order, so that replicas share the work, with those that
        are being stopped near the end, and `avoiding` last.
        """
        awake = [address for address in addresses if self._rests.get(address, 0.0) <= now]
        random.shuffle(awake)
        return sorted(
            awake,
            key=lambda address: (address == avoiding, self._leaving.get(address, 0.0) > now),
        )

    async def _resolved(self, loop: asyncio.AbstractEventLoop) -> list[Address]:
        now = loop.time()
        if now < self._addresses_until:
            return self._addresses
        found: list[Address] = []
        for host, port in self._named:
            try:
                answers = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            except socket.gaierror as error:
                log.warning("service has no address", service=self.name, reason=str(error))
                continue
            found += [(str(address[0]), int(address[1])) for *_, address in answers]
        self._addresses, self._addresses_until = found, now + NAMES_KEPT_SECONDS
        for noted in (self._rests, self._leaving):
            for address in [address for address, until in noted.items() if until <= now]:
                del noted[address]
        return found
