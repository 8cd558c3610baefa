"""One engine per service for transactions of several statements (`transaction()`), and a pool of
plain asyncpg connections for single statements.

Measured for one SELECT by key: 0.5 ms of CPU through the engine (checkout, greenlets, result
objects), 0.1 ms through asyncpg. Nine requests in ten are reads, so they use the faster way, with
the same statements: SQLAlchemy builds and compiles them once. So does a write that is a single
statement (`autocommit`), which saves BEGIN and COMMIT as well. A `Transaction` runs the same Query
as fast, on the connection on which the engine runs the transaction's other statements. A command
takes an `Executor` and works with either.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeVar

import asyncpg
from sqlalchemy import CursorResult, Executable
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from shared.reader import Query, Reader, acquire_slot

__all__ = [
    "Database",
    "Executor",
    "Query",
    "Reader",
    "Transaction",
]

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Publish = Callable[[Sequence[Any]], None]
T = TypeVar("T")


class Executor(Protocol):
    """Runs a Query, either within a transaction (`Transaction`) or as a transaction of its own
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


class Transaction:
    """One transaction on one connection. Called with a Query, it runs it with the driver; `execute`
    and `scalar` run any other statement of SQLAlchemy's with its engine, which costs twice as much
    CPU.
    """

    def __init__(
        self, connection: AsyncConnection, driver: asyncpg.Connection, publish: Publish | None
    ) -> None:
        self._connection, self._driver, self._publish = connection, driver, publish
        self._after_commit: list[Callable[[], Any]] = []
        self._collected: dict[Any, list[Any]] = {}
        # Whether SQLAlchemy has begun a transaction of its own accounting.
        self._engine_used = False

    async def __call__(self, query: Query, **named: Any) -> Sequence[Any]:
        """The rows of a Query; see Executor."""
        rows: Sequence[Any] = await self._driver.fetch(query.sql, *query.arguments(named))
        return rows

    async def execute(
        self, statement: Executable, parameters: Any = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """The result of a statement. A list of parameters executes it for each."""
        self._engine_used = True
        return await self._connection.execute(statement, parameters)

    async def scalar(self, statement: Executable, parameters: Any = None) -> Any:
        """The first column of the first row, or None."""
        return (await self.execute(statement, parameters)).scalar()

    def after_commit(self, callback: Callable[[], Any]) -> None:
        """Calls `callback` once this transaction has committed, never if it rolls back. Used to
        wake a job that waits for its rows.
        """
        self._after_commit.append(callback)

    def publish(self, events: Sequence[Any]) -> None:
        """Publishes `events`, which were written to the outbox, once they are committed."""
        publish = self._publish
        if publish is not None:
            self._after_commit.append(lambda: publish(events))

    def write_before_commit(
        self, write: Callable[[Executor, list[T]], Awaitable[None]], item: T
    ) -> None:
        """Calls `write` at the end of this transaction, once, with all items that were passed here
        with it: one statement for what several callers write.
        """
        self._collected.setdefault(write, []).append(item)

    @contextlib.asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part of the transaction that is rolled back on its own when it raises, including its
        after-commit callbacks and its events.
        """
        before = len(self._after_commit)
        collected = {write: list(items) for write, items in self._collected.items()}
        try:
            async with self._driver.transaction():
                yield
        except BaseException:
            del self._after_commit[before:]
            self._collected = collected
            raise

    async def end(self) -> None:
        """Writes what was collected. To be called before the commit."""
        for write, items in self._collected.items():
            await write(self, items)
        if self._engine_used:
            # Ends SQLAlchemy's own accounting of the transaction: this sends nothing.
            await self._connection.commit()

    def committed(self) -> None:
        """Runs the callbacks. To be called after the commit."""
        for callback in self._after_commit:
            callback()


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
        # JIT would spend 50 ms compiling what runs in one.
        self._session_settings = {"application_name": name, "jit": "off"}
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
                "server_settings": self._session_settings,
            },
        )
        self.reader = Reader(url, size=pool_size, name=name)
        self.autocommit = Autocommit(self)
        # Receives the events of committed transactions (`Publisher.publish`). Without it they stay
        # in the outbox until the sweep of a process that has a publisher.
        self.publish: Publish | None = None
        self._slots = asyncio.Semaphore(pool_size)
        self._idle: list[tuple[AsyncConnection, asyncpg.Connection]] = []

    def plan_once(self) -> None:
        """Lets the server plan each statement once per connection. By itself it plans most of them
        for their arguments each time, because it underestimates what that costs. To be called
        before the first statement, by services whose plans do not depend on arguments.
        """
        for settings in (self._session_settings, self.reader.settings):
            settings["plan_cache_mode"] = "force_generic_plan"

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """One transaction: commits at the end of the block, rolls back on any exception, then runs
        the `after_commit` callbacks. Raises TimeoutError when all connections stay busy for
        CHECKOUT_TIMEOUT.
        """
        await acquire_slot(self._slots)
        try:
            connection, driver = await self._connection()
            transaction = Transaction(connection, driver, self.publish)
            try:
                async with driver.transaction():
                    yield transaction
                    await transaction.end()
            except BaseException:
                await asyncio.shield(_give_up(connection, driver))
                raise
            self._idle.append((connection, driver))
        finally:
            self._slots.release()
        transaction.committed()

    async def _connection(self) -> tuple[AsyncConnection, asyncpg.Connection]:
        """A recently used connection, or a new one. Returning a connection to the engine's pool and
        checking it out again costs 0.15 ms of CPU, as much as a statement, so warm connections are
        kept outside the pool and only failed ones are returned to it.
        """
        while self._idle:
            connection, driver = self._idle.pop()
            if not driver.is_closed():
                return connection, driver
            await _give_up(connection, driver)
        connection = await self.engine.connect()
        raw = await connection.get_raw_connection()
        return connection, raw.driver_connection

    async def close(self) -> None:
        """Closes all connections."""
        await self.reader.close()
        while self._idle:
            await self._idle.pop()[0].close()
        await self.engine.dispose()


async def _give_up(connection: AsyncConnection, driver: asyncpg.Connection) -> None:
    """Returns a connection to the engine's pool, or closes it if it is lost or was interrupted
    within a transaction.
    """
    if driver.is_closed() or driver.is_in_transaction():
        await connection.invalidate()
    await connection.close()
