"""One engine per service for transactions of several statements (`transaction()`), and a pool of
plain asyncpg connections for single statements.

Measured for one SELECT by key: 0.5 ms of CPU through the engine (checkout, greenlets, result
objects), 0.1 ms through asyncpg. Nine requests in ten are reads, so they use the faster way, with
the same statements: SQLAlchemy builds and compiles them once. So does a write that is a single
statement (`autocommit`), which saves BEGIN and COMMIT as well. `in_transaction` runs the same Query
within a transaction, as fast, on the connection on which the engine runs the transaction's other
statements. A command takes an `Executor` and works with either.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeVar

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from shared.reader import Query, Reader

__all__ = [
    "Database",
    "Executor",
    "Query",
    "Reader",
    "after_commit",
    "in_transaction",
    "savepoint",
    "write_before_commit",
]

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# How long a caller waits for a connection before TimeoutError, in seconds.
CHECKOUT_TIMEOUT = 10.0
# Keys in the `info` of a transaction's connection.
_AFTER_COMMIT = "after_commit"
_COLLECTED = "collected"
_DRIVER = "driver"
_PUBLISH = "publish"
Publish = Callable[[Sequence[Any]], None]
T = TypeVar("T")


class Executor(Protocol):
    """Runs a Query, either within a transaction (`in_transaction`) or as a transaction of its own
    (`Database.autocommit`). A command that takes an Executor works with both.
    """

    async def __call__(self, query: Query, **named: Any) -> Sequence[Any]:
        """The rows that the query returns, with its bindparams by name. JSON is passed as text; a
        query that returns it casts it to text, because only the engine's connections decode it.
        """

    def after_commit(self, callback: Callable[[], Any]) -> None:
        """Calls `callback` once the transaction has committed; never if it rolls back."""

    def publish(self, events: Sequence[Any]) -> None:
        """Publishes `events`, which were written to the outbox, once they are committed."""


class InTransaction:
    """Runs queries within the transaction of `db`."""

    def __init__(self, db: AsyncConnection) -> None:
        self._db = db
        self._driver: asyncpg.Connection = db.info[_DRIVER]

    async def __call__(self, query: Query, **named: Any) -> Sequence[Any]:
        rows: Sequence[Any] = await self._driver.fetch(query.sql, *query.arguments(named))
        return rows

    def after_commit(self, callback: Callable[[], Any]) -> None:
        after_commit(self._db, callback)

    def publish(self, events: Sequence[Any]) -> None:
        publish: Publish | None = self._db.info.get(_PUBLISH)
        if publish is not None:
            after_commit(self._db, lambda: publish(events))


in_transaction = InTransaction


class Autocommit:
    """Runs each query as a transaction of its own, committed when the call returns."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __call__(self, query: Query, **named: Any) -> Sequence[Any]:
        return await self._database.reader.rows(query, **named)

    def after_commit(self, callback: Callable[[], Any]) -> None:
        callback()

    def publish(self, events: Sequence[Any]) -> None:
        if self._database.publish is not None:
            self._database.publish(events)


class Database:
    """A service's engine, with a pool of bounded size. Its role can access only its own schema,
    which is first in the search path.
    """

    def __init__(self, url: str, *, pool_size: int = 8, name: str = "consultant-connect") -> None:
        self.url, self.pool_size = url, pool_size
        self.engine: AsyncEngine = create_async_engine(
            url.replace("postgresql://", "postgresql+asyncpg://", 1).replace(
                "postgres://", "postgresql+asyncpg://", 1
            ),
            pool_size=pool_size,
            max_overflow=0,
            # `transaction` begins and ends transactions itself, with the driver.
            isolation_level="AUTOCOMMIT",
            # Errors are logged with their text, and parameters may contain personal data.
            hide_parameters=True,
            connect_args={
                "timeout": 5,
                "command_timeout": 30,
                # JIT would spend 50 ms compiling what runs in one
                "server_settings": {"application_name": name, "jit": "off"},
            },
        )
        self.reader = Reader(url, size=pool_size, name=name)
        self.autocommit = Autocommit(self)
        # Receives the events of committed transactions (`Publisher.publish`). Without it they stay
        # in the outbox until the sweep of a process that has a publisher.
        self.publish: Publish | None = None
        self._places = asyncio.Semaphore(pool_size)
        self._idle: list[tuple[AsyncConnection, asyncpg.Connection]] = []

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: commits at the end of the block, rolls back on any exception, then runs
        the `after_commit` callbacks. Raises TimeoutError when all connections stay busy for
        CHECKOUT_TIMEOUT.
        """
        async with asyncio.timeout(CHECKOUT_TIMEOUT):
            await self._places.acquire()
        try:
            db, driver = await self._connection()
            callbacks: list[Callable[[], Any]] = []
            db.info[_AFTER_COMMIT] = callbacks
            db.info[_COLLECTED] = {}
            db.info[_DRIVER] = driver
            db.info[_PUBLISH] = self.publish
            try:
                async with driver.transaction():
                    yield db
                    await _write_collected(db)
                if db.in_transaction():
                    # SQLAlchemy's own record of the transaction: this sends nothing.
                    await db.commit()
            except BaseException:
                await asyncio.shield(_give_up(db, driver))
                raise
            self._idle.append((db, driver))
        finally:
            self._places.release()
        for callback in callbacks:
            callback()

    async def _connection(self) -> tuple[AsyncConnection, asyncpg.Connection]:
        """A recently used connection, or a new one. Returning a connection to the engine's pool and
        checking it out again costs 0.15 ms of CPU, as much as a statement, so warm connections are
        kept outside the pool and only failed ones are returned to it.
        """
        while self._idle:
            db, driver = self._idle.pop()
            if not driver.is_closed():
                return db, driver
            await _give_up(db, driver)
        db = await self.engine.connect()
        raw = await db.get_raw_connection()
        return db, raw.driver_connection

    async def close(self) -> None:
        """Closes all connections."""
        await self.reader.close()
        while self._idle:
            await self._idle.pop()[0].close()
        await self.engine.dispose()


async def _give_up(db: AsyncConnection, driver: asyncpg.Connection) -> None:
    """Returns a connection to the engine's pool, or closes it if it is lost or was interrupted
    within a transaction.
    """
    if driver.is_closed() or driver.is_in_transaction():
        await db.invalidate()
    await db.close()


def after_commit(db: AsyncConnection, callback: Callable[[], Any]) -> None:
    """Calls `callback` once this transaction has committed, never if it rolls back. Used to wake a
    job that waits for its rows.
    """
    db.info.setdefault(_AFTER_COMMIT, []).append(callback)


def write_before_commit(
    db: AsyncConnection, write: Callable[[Executor, list[T]], Awaitable[None]], item: T
) -> None:
    """Calls `write` at the end of this transaction, once, with all items that were passed here with
    it: one statement for what several callers write.
    """
    collected: dict[Any, list[T]] = db.info[_COLLECTED]
    collected.setdefault(write, []).append(item)


async def _write_collected(db: AsyncConnection) -> None:
    collected: dict[Any, list[Any]] = db.info[_COLLECTED]
    for write, items in collected.items():
        await write(in_transaction(db), items)


@contextlib.asynccontextmanager
async def savepoint(db: AsyncConnection) -> AsyncIterator[None]:
    """A part of the transaction that is rolled back on its own when it raises, including its
    after-commit callbacks and its events.
    """
    callbacks: list[Callable[[], Any]] = db.info.setdefault(_AFTER_COMMIT, [])
    before = len(callbacks)
    try:
        async with db.begin_nested():
            yield
    except BaseException:
        del callbacks[before:]
        raise
