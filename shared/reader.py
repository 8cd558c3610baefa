"""A pool of plain asyncpg connections for single statements, which are compiled once."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
from sqlalchemy import Executable
from sqlalchemy.dialects.postgresql.asyncpg import dialect

_dialect = dialect()  # type: ignore[no-untyped-call]


# How long a caller waits for a connection before TimeoutError, in seconds.
CHECKOUT_TIMEOUT = 10.0


async def acquire_slot(slots: asyncio.Semaphore) -> None:
    """Takes one of a pool's slots. Raises TimeoutError if none is free within CHECKOUT_TIMEOUT."""
    if not slots.locked():
        await slots.acquire()  # without a timer, which costs more than the semaphore
        return
    async with asyncio.timeout(CHECKOUT_TIMEOUT):
        await slots.acquire()


class Query:
    """A statement that is compiled once, when its module is imported. Its bindparams are passed by
    name when it is executed.
    """

    def __init__(self, statement: Executable) -> None:
        compiled = statement.compile(dialect=_dialect)  # type: ignore[attr-defined]
        self.sql = str(compiled)
        self._order = list(compiled.positiontup or ())
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}

    def arguments(self, given: dict[str, Any]) -> list[Any]:
        """`given` in the order of the SQL's parameters."""
        return [given[name] if name in given else self._fixed.get(name) for name in self._order]


class Reader:
    """Executes single statements: each has its own snapshot and needs no transaction. Rows are
    mappings with attributes by key.
    """

    def __init__(self, url: str, *, size: int, name: str) -> None:
        self._url = url
        # The server's settings for each session; a service may add to them before the first read.
        self.settings = {"application_name": f"{name}-reader", "jit": "off"}
        self._slots = asyncio.Semaphore(size)
        # asyncpg's own pool starts tasks and timers for every use: a fifth of the cost of a read.
        # The most recently used connection is taken first and stays warm.
        self._idle: list[asyncpg.Connection] = []

    async def rows(self, query: Query | str, *arguments: Any, **named: Any) -> list[Any]:
        """All rows of a Query (its bindparams by name) or of SQL with $1 … (arguments in order)."""
        sql = query
        if isinstance(query, Query):
            sql, arguments = query.sql, tuple(query.arguments(named))
        await acquire_slot(self._slots)
        connection = None
        try:
            connection = self._pop() or await self._connect()
            rows: list[Any] = await connection.fetch(sql, *arguments)
        except asyncpg.IntegrityConstraintViolationError:
            assert connection is not None
            # this was a response of the server, and one that clients can provoke in a loop
            self._idle.append(connection)
            raise
        except BaseException:
            if connection is not None:
                # the connection may be in the middle of a response; errors here are rare enough
                connection.terminate()
            raise
        else:
            self._idle.append(connection)
        finally:
            self._slots.release()
        return rows

    def _pop(self) -> asyncpg.Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return None

    async def _connect(self) -> asyncpg.Connection:
        return await asyncpg.connect(
            self._url,
            timeout=5,
            command_timeout=30,
            server_settings=self.settings,
        )

    async def row(self, query: Query | str, *arguments: Any, **named: Any) -> Any | None:
        """The first row, or None."""
        rows = await self.rows(query, *arguments, **named)
        return rows[0] if rows else None

    async def value(self, query: Query | str, *arguments: Any, **named: Any) -> Any:
        """The first column of the first row, or None."""
        row = await self.row(query, *arguments, **named)
        return row[0] if row is not None else None

    async def close(self) -> None:
        """Closes the connections."""
        while self._idle:
            self._idle.pop().terminate()
