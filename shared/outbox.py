"""Transactional outbox: `emit` writes an event's row in the transaction that makes it true, and the
process that committed it publishes it from memory at once (`shared/publisher.py`).

To save a statement, a busy command writes its rows itself with a common table expression of
`insert_events` (Core) or `insert_event_sql` (text), and passes the returned sequences to its
`Emission`:

    emission = Emission(BookingAccepted(...))
    statement = update(bookings)...add_cte(rows := insert_events(1).cte("emitted"))
        ...returning(sequences_of(rows))
    ((sequences,),) = await run(Query(statement), **values, **emission.parameters)
    emission.written(run, sequences)
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    CTE,
    BigInteger,
    Column,
    DateTime,
    FetchedValue,
    LargeBinary,
    MetaData,
    ScalarSelect,
    SmallInteger,
    String,
    Table,
    Uuid,
    bindparam,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.dml import ReturningInsert

from shared.clock import now
from shared.db import Executor, Query, Transaction
from shared.events import Event
from shared.ids import new_id
from shared.telemetry import request_context

METADATA = MetaData()
# No schema: the role's search path selects the service's own.
outbox = Table(
    "outbox",
    METADATA,
    Column("position", BigInteger, primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("type", String, nullable=False),
    Column("aggregate_id", Uuid, nullable=False),
    # 1, 2, 3 … within the aggregate: assigned by a trigger, under a lock held until the commit.
    Column("sequence", BigInteger, FetchedValue(), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("correlation_id", String),
    Column("causation_id", String),
    Column("traceparent", String),
    Column("created_at", DateTime(timezone=True), nullable=False),
    # By the database's clock, which all replicas share: from when other processes may publish it.
    Column("written_at", DateTime(timezone=True), FetchedValue(), nullable=False),
    # How often the broker has refused it, and when the next attempt is due.
    Column("refusals", SmallInteger, FetchedValue(), nullable=False),
    Column("retry_at", DateTime(timezone=True)),
)

# The values provided by the writer of a row; the database sets the rest.
EVENT_COLUMNS = (
    "event_id",
    "type",
    "aggregate_id",
    "body",
    "correlation_id",
    "causation_id",
    "traceparent",
    "created_at",
)

_encode = msgspec.json.Encoder().encode


class OutboxEvent(msgspec.Struct, frozen=True):
    """An event that was written to the outbox: its body, and the envelope for the message's
    properties and headers.
    """

    event_id: UUID
    type: str
    aggregate_id: UUID
    sequence: int
    body: bytes
    correlation_id: str | None
    causation_id: str | None
    traceparent: str | None
    created_at: datetime


async def emit(db: Transaction, *events: Event) -> None:
    """Records `events` in the caller's transaction: they are published if and only if it
    commits.
    """
    if not events:
        return
    emission = Emission(*events)
    rows = await db(_insert_query(len(events)), **emission.parameters)
    emission.written(db, [row["sequence"] for row in rows])


class Emission:
    """Events that a statement is about to write to the outbox; `parameters` are the values for its
    `insert_events` or `insert_event_sql`.
    """

    def __init__(self, *events: Event) -> None:
        self._rows = [row_of(event) for event in events]
        self.parameters: dict[str, Any] = {
            f"{name}_{number}": value
            for number, row in enumerate(self._rows)
            for name, value in row.items()
        }

    def written(self, run: Executor, sequences: Sequence[int]) -> None:
        """Records that the rows were written with these sequences, and publishes the events after
        the commit of `run`.
        """
        numbered = zip(self._rows, sequences, strict=True)
        run.publish([OutboxEvent(sequence=sequence, **row) for row, sequence in numbered])


def row_of(event: Event) -> dict[str, Any]:
    """The values of EVENT_COLUMNS for `event`, with the ids of the request context."""
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


def insert_events(number: int) -> ReturningInsert[Any]:
    """An INSERT of `number` rows, with the parameters of an Emission; it returns positions and
    sequences, in the order of the events.
    """
    rows = [
        {name: bindparam(f"{name}_{n}", type_=outbox.c[name].type) for name in EVENT_COLUMNS}
        for n in range(number)
    ]
    return insert(outbox).values(rows).returning(outbox.c.position, outbox.c.sequence)


def sequences_of(inserted: CTE) -> ScalarSelect[Any]:
    """The sequences returned by the CTE of `insert_events`, as one array."""
    ordered = aggregate_order_by(inserted.c.sequence, inserted.c.position)
    return select(func.array_agg(ordered)).scalar_subquery()


def insert_event_sql(schema: str, source: str) -> str:
    """An INSERT of an Emission's single event for each row of `source`, as text; it returns the
    sequence.
    """
    values = ", ".join(
        f"cast(:{name}_0 as {outbox.c[name].type.compile(_dialect)})" for name in EVENT_COLUMNS
    )
    return (
        f"insert into {schema}.outbox ({', '.join(EVENT_COLUMNS)})"  # noqa: S608 (names of ours)  # nosec B608
        f" select {values} from {source} returning sequence"
    )


_dialect = postgresql.dialect()  # type: ignore[no-untyped-call]


@functools.cache
def _insert_query(number: int) -> Query:
    return Query(insert_events(number))
