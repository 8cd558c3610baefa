"""Events leave with the transaction that made them true: `emit` writes a row, the relay publishes
it at least once, in order.

Order per aggregate: whoever changes an aggregate holds its row lock, so its rows get growing
positions in commit order. One relay per service is at work at a time (a session advisory lock); the
others stand by and take over when its connection ends.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    FetchedValue,
    LargeBinary,
    MetaData,
    String,
    Table,
    Uuid,
    insert,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.clock import now
from shared.events import Event
from shared.ids import new_id
from shared.metrics import PUBLISHED
from shared.telemetry import log, request_context

BATCH = 200
POLL_SECONDS = 2.0
CHANNEL = "outbox"

# No schema: the role's search path leads to the service's own.
outbox = Table(
    "outbox",
    MetaData(),
    Column("position", BigInteger, primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("type", String, nullable=False),
    Column("aggregate_id", Uuid, nullable=False),
    # 1, 2, 3 … within the aggregate: a trigger gives it, under a lock that lasts until the commit.
    Column("sequence", BigInteger, FetchedValue(), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("correlation_id", String),
    Column("causation_id", String),
    Column("traceparent", String),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

# What the writer of a row gives; the database adds the rest.
EVENT_COLUMNS = tuple(
    column.name for column in outbox.columns if column.name not in ("position", "sequence")
)

_insert = insert(outbox)
_encode = msgspec.json.Encoder().encode


class Outgoing(msgspec.Struct, frozen=True):
    """A row of the outbox: an event's body with the envelope that goes into the message's
    properties.
    """

    position: int
    event_id: UUID
    type: str
    aggregate_id: UUID
    sequence: int
    body: bytes
    correlation_id: str | None
    causation_id: str | None
    traceparent: str | None
    created_at: datetime


async def emit(db: AsyncConnection, *events: Event) -> None:
    """Records that `events` happened, in the caller's transaction: they are published if and only
    if it commits.
    """
    if not events:
        return
    rows = [row_of(event) for event in events]
    await db.execute(_insert, rows[0] if len(rows) == 1 else rows)


def row_of(event: Event) -> dict[str, Any]:
    """The outbox row that says `event` happened. `emit` writes it; a command that is too busy for
    one more statement writes it itself.
    """
    current = request_context.get()
    return {
        "event_id": new_id(),
        "type": event.TYPE,
        "aggregate_id": getattr(event, event.AGGREGATE_ID),
        "body": _encode(event),
        "correlation_id": current.request_id,
        "causation_id": current.causation_id,
        "traceparent": current.traceparent,
        "created_at": now(),
    }


Publish = Callable[[Sequence[Outgoing]], Awaitable[Sequence[Outgoing]]]


class Relay:
    """Publishes the outbox of one service over one dedicated connection, which also listens for
    NOTIFY.

    `publish` sends a batch and returns those that the broker confirmed; a crash in between means a duplicate, never a loss.
    """

    def __init__(self, database_url: str, service: str, publish: Publish) -> None:
        self._url = database_url
        self._service = service
        self._publish = publish
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Relays until cancelled; a lost database or broker is waited out."""
        pause = 0.2
        while True:
            try:
                async with self._connection() as connection:
                    await self._lead(connection)
                    pause = 0.2
                    await self._drain_for_ever(connection)
            # Whatever it is: a relay that ended would hold back every event until the next start.
            except Exception as error:
                log.warning("relay waits", reason=repr(error), seconds=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5.0)

    @contextlib.asynccontextmanager
    async def _connection(self) -> Any:
        connection = await asyncpg.connect(
            self._url,
            timeout=5,
            command_timeout=30,
            # What it deletes may be there again after a crash of the server: it is then published
            # twice, which is allowed. So no commit of the relay waits for the disk.
            server_settings={
                "application_name": f"{self._service}-relay",
                "synchronous_commit": "off",
            },
        )
        try:
            yield connection
        finally:
            # Ends the session at once, and with it the advisory lock: another replica may lead.
            connection.terminate()

    async def _lead(self, connection: asyncpg.Connection) -> None:
        claim = "select pg_try_advisory_lock(hashtext(current_schema() || '.outbox'))"
        while not await connection.fetchval(claim):  # noqa: ASYNC110 - nobody tells when the other session ends
            await asyncio.sleep(1.0)
        schema = await connection.fetchval("select current_schema()")
        await connection.add_listener(f"{schema}_{CHANNEL}", lambda *_: self._wake.set())

    async def _drain_for_ever(self, connection: asyncpg.Connection) -> None:
        while True:
            self._wake.clear()
            full = await self._drain_once(connection)
            if not full:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)

    async def _drain_once(self, connection: asyncpg.Connection) -> bool:
        """Publishes one batch; whether there is likely more."""
        rows = await connection.fetch(
            "select position, event_id, type, aggregate_id, sequence, body,"
            " correlation_id, causation_id, traceparent, created_at from outbox order by position limit $1",
            BATCH,
        )
        if not rows:
            return False
        batch = [Outgoing(**row) for row in rows]
        sent = await self._publish(batch)
        await connection.execute(
            "delete from outbox where position = any($1::bigint[])", [o.position for o in sent]
        )
        for outgoing in sent:
            PUBLISHED.labels(outgoing.type).inc()
        if len(sent) < len(batch):
            await asyncio.sleep(0.5)  # the broker refused some: do not spin
        return len(rows) == BATCH or len(sent) < len(batch)
