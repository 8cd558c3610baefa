"""A service as the gateway sees it: its replicas, its kept-alive connections, and whether it is
worth asking at all.
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
# A replica that refused a connection is not tried again for so long: callers get their 503 at once
# instead of queueing.
REST_SECONDS = 0.5
# One that ended a connection with its answer is being stopped: for so long it is asked only if
# there is no other.
LEAVING_SECONDS = 5.0
# Connections idle for longer are given up, before a replica that is being stopped (DRAIN_SECONDS:
# 3) closes them under our hands.
IDLE_SECONDS = 2.0
# A name may stand for as many replicas as there are today.
NAMES_KEPT_SECONDS = 1.0
# A service that hangs may hold so many requests, and not all of the gateway's memory and file
# descriptors.
MOST_AT_ONCE = 1024
# Where answers have no end, one of them for each person who is signed in.
MOST_STREAMS = 4096


class Upstream:
    """One service at one address or several (comma-separated URLs, or names that lead to several
    addresses). `acquire` or `connect` a connection, then `release` it, whatever happened.
    """

    def __init__(self, name: str, urls: str, most_at_once: int = MOST_AT_ONCE) -> None:
        parts = [urlsplit(url.strip()) for url in urls.split(",")]
        self.name = name
        self.netloc = parts[0].netloc.encode()
        self._named = [(part.hostname or "127.0.0.1", part.port or 80) for part in parts]
        self._addresses: list[Address] = []
        self._addresses_until = 0.0
        self._idle: list[Connection] = []
        self._in_use = 0
        self._most_at_once = most_at_once
        self._rests: dict[Address, float] = {}
        self._leaving: dict[Address, float] = {}

    # ---- connections

    def acquire(self, now: float) -> Connection | None:
        """A connection that is open and was used lately, or None. The newest first, so that the
        spare ones grow old.
        """
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
        """A new connection to one of the replicas. Raises Unavailable when all are away, at once if
        that was found a moment ago.
        """
        loop = asyncio.get_running_loop()
        if self._in_use >= self._most_at_once:
            raise Unavailable
        self._in_use += 1
        started = loop.time()
        try:
            for address in self._order(await self._resolved(loop), started):
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
            self._rests[address] = loop.time() + REST_SECONDS
            log.warning(
                "service is away", service=self.name, at=address[0], reason=type(error).__name__
            )
            return None
        connection.address = address
        return connection

    def release(self, connection: Connection, now: float) -> None:
        """Puts a connection away for the next request, or closes it when its answer was not read to
        the end.
        """
        self._in_use -= 1
        if connection.reusable:
            connection.since = now
            self._idle.append(connection)
            return
        if connection.closing and connection.address is not None:
            self._leaving[connection.address] = now + LEAVING_SECONDS
        connection.close()

    def end(self, connection: Connection) -> None:
        """Takes back a connection that was for one question only."""
        self._in_use -= 1
        connection.close()

    def close(self) -> None:
        """Closes the connections that nobody uses."""
        while self._idle:
            self._idle.pop().close()

    # ---- replicas

    def _order(self, addresses: list[Address], now: float) -> list[Address]:
        """Those to try, at random so that the replicas share the work, those that are leaving
        last.
        """
        awake = [address for address in addresses if self._rests.get(address, 0.0) <= now]
        random.shuffle(awake)
        return sorted(awake, key=lambda address: self._leaving.get(address, 0.0) > now)

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
