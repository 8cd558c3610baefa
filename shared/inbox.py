"""Runs a reaction effectively once per event: its effects and the record that it ran commit
together.

Events of one aggregate arrive in any order. Their producer numbers them with `sequence`, and
whether an event is stale is decided only here, by comparison with the `last_sequence` stored in a
row: in Python by `is_stale`, in SQL by `projection`; and `is_superseded` whether an event processed
before has become so. Clocks play no part.

A delivery that fails because the database is unavailable is held and retried until the database is
back. A delivery that fails for any other reason is retried with increasing pauses and then sent to
the service's dead-letter queue, from which an operator can replay it.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterator
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy import (
    Column,
    DateTime,
    MetaData,
    String,
    Table,
    Uuid,
    and_,
    bindparam,
    case,
    func,
    or_,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.clock import now
from shared.db import Database, Query, Transaction
from shared.events import Event
from shared.metrics import DELIVERIES
from shared.pruning import Retention
from shared.telemetry import RequestContext, log, request_context

# Pauses in seconds between attempts of a delivery whose reaction fails; after the last attempt it
# becomes a dead letter.
RETRY_PAUSES = (0.05, 0.2, 0.8, 2.0, 5.0)
MAX_WAIT = 5.0

# The sequence of an event from a publisher that does not number events yet, during an upgrade. Such
# an event is never stale, because only the order of arrival is known.
UNNUMBERED = 0

Reaction = Callable[[Transaction, Any], Awaitable[None]]
Reactions = tuple[tuple[type[Event], Reaction], ...]

inbox = Table(
    "inbox",
    MetaData(),
    Column("event_id", Uuid, primary_key=True),
    Column("reaction", String, primary_key=True),
    Column("handled_at", DateTime(timezone=True), nullable=False),
)
# How long a handled delivery is remembered: no broker redelivers after that long.
RETENTION = Retention(inbox, inbox.c.handled_at, timedelta(days=30))

_CLAIM = Query(
    insert(inbox)
    .values({column.name: bindparam(column.name, type_=column.type) for column in inbox.columns})
    .on_conflict_do_nothing()
    .returning(inbox.c.event_id)
)


class Delivery(msgspec.Struct, frozen=True):
    """A message as received: the ids of its envelope and the bytes of its body."""

    event_id: UUID
    type: str
    body: bytes
    correlation_id: str | None = None
    traceparent: str | None = None
    sequence: int = UNNUMBERED


_sequence: ContextVar[int] = ContextVar("sequence", default=UNNUMBERED)


def event_sequence() -> int:
    """The sequence, within its aggregate, of the event being processed."""
    return _sequence.get()


def event_id() -> UUID:
    """The id of the event being processed."""
    cause = request_context.get().causation_id
    assert cause is not None, "a reaction runs for a delivery"
    return UUID(cause)


def event_instant() -> datetime:
    """When the event being processed was created: its id begins with the Unix time in
    milliseconds.
    """
    return datetime.fromtimestamp((event_id().int >> 80) / 1000, UTC)


def is_stale(last_sequence: int | None) -> bool:
    """Whether the event being processed is not newer than `last_sequence`, which is None if no
    event has been applied yet.
    """
    sequence = event_sequence()
    return sequence != UNNUMBERED and last_sequence is not None and sequence <= last_sequence


def is_superseded(sequence: int, newest: int | None) -> bool:
    """Whether an event processed before, with this `sequence`, is older than the event of its
    aggregate with the sequence `newest`, which is None if there was none.
    """
    return newest is not None and UNNUMBERED < sequence < newest


def latest_sequence(last_sequence: int | None) -> int:
    """The `last_sequence` to store in a row after applying the event being processed."""
    return max(last_sequence or 0, event_sequence())


def projection(
    table: Table, *columns: str, sequence: str = "last_sequence", **others: tuple[str, ...]
) -> Insert:
    """A statement that maintains a projection of another service's data: inserts a row, or updates
    `columns` of an existing row unless a newer event has been applied to them. Execute it with the
    row and `event_sequence()` as the column `sequence`; no returned row, or rowcount 0, means that
    the event was stale.

    Columns that only some events carry have a sequence of their own: `others` are these by the name
    of its column, which is null in the row of an event without them; it changes none of them.
    Raises ValueError if two projections of a table update different columns under one sequence,
    because the newer event would make data stale that it does not carry.
    """
    groups = {sequence: columns, **others}
    statement = insert(table)
    changes: dict[str, Any] = {}
    newer = []
    for name, guarded in groups.items():
        if set(table.info.setdefault(name, guarded)) != set(guarded):
            raise ValueError(f"{table.fullname}.{name} guards {table.info[name]}, not {guarded}")
        stored, new = table.c[name], statement.excluded[name]
        is_newer = and_(new.is_not(None), or_(stored.is_(None), stored < new, new == UNNUMBERED))
        newer.append(is_newer)
        changes[name] = func.greatest(stored, new)
        for column in guarded:
            changes[column] = case((is_newer, statement.excluded[column]), else_=table.c[column])
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns), set_=changes, where=or_(*newer)
    )


_UNAVAILABLE = (
    OSError,
    TimeoutError,
    PoolTimeout,
    InterfaceError,
    OperationalError,
    asyncpg.exceptions.PostgresConnectionError,
    asyncpg.exceptions.OperatorInterventionError,
    asyncpg.exceptions.InsufficientResourcesError,
    asyncpg.exceptions.InterfaceError,
    # the server died during an earlier statement on this connection
    asyncpg.exceptions.InternalClientError,
    asyncpg.exceptions.DeadlockDetectedError,
    asyncpg.exceptions.SerializationError,
)


class Undeliverable(Exception):
    """Every attempt to handle the delivery failed: it must become a dead letter."""


def is_database_unavailable(error: BaseException) -> bool:
    """Whether `error` means that the database could not be reached or is shutting down, rather than
    that the work itself failed.
    """
    if isinstance(error, DBAPIError) and not isinstance(error, (InterfaceError, OperationalError)):
        cause = getattr(error.orig, "__cause__", None) or error.orig
        return error.connection_invalidated or isinstance(cause, _UNAVAILABLE)
    return isinstance(error, _UNAVAILABLE)


async def react(
    database: Database, event_type: type[Event], reaction: Reaction, delivery: Delivery
) -> None:
    """Runs `reaction` on `delivery` once, in a transaction of its own. Raises Undeliverable after
    the last attempt.
    """
    started, tries, waited = time.perf_counter(), 0, 0.2
    with processing(delivery):
        while True:
            try:
                fresh = await _react_once(database, event_type, reaction, delivery)
                break
            except Exception as error:
                if is_database_unavailable(error):
                    log.warning(
                        "delivery waits for the database",
                        event_type=delivery.type,
                        reason=type(error).__name__,
                        seconds=waited,
                    )
                    await asyncio.sleep(waited)
                    waited = min(waited * 2, MAX_WAIT)
                    continue
                if tries == len(RETRY_PAUSES) or isinstance(
                    error, msgspec.ValidationError | msgspec.DecodeError
                ):
                    DELIVERIES.labels(delivery.type, "dead").inc()
                    log.error(
                        "delivery given up",
                        event_type=delivery.type,
                        event_id=delivery.event_id,
                        exc_info=error,
                    )
                    raise Undeliverable(f"{type(error).__name__}: {error}") from error
                DELIVERIES.labels(delivery.type, "retried").inc()
                await asyncio.sleep(RETRY_PAUSES[tries])
                tries += 1
        record_handled(delivery, started, fresh=fresh)


@contextlib.contextmanager
def processing(delivery: Delivery) -> Iterator[None]:
    """Within the block, the request context and `event_sequence` are those of `delivery`."""
    token = request_context.set(
        RequestContext(delivery.correlation_id, str(delivery.event_id), delivery.traceparent)
    )
    numbered = _sequence.set(delivery.sequence)
    try:
        yield
    finally:
        _sequence.reset(numbered)
        request_context.reset(token)


def record_handled(delivery: Delivery, started: float, *, fresh: bool) -> None:
    """Counts and logs a delivery that has been handled, now or before. `started` is a reading of
    `time.perf_counter`. To be called within `processing`.
    """
    DELIVERIES.labels(delivery.type, "handled" if fresh else "repeated").inc()
    log.info(
        "event",
        event_type=delivery.type,
        event_id=delivery.event_id,
        repeated=not fresh,
        ms=round((time.perf_counter() - started) * 1000, 1),
    )


async def _react_once(
    database: Database, event_type: type[Event], reaction: Reaction, delivery: Delivery
) -> bool:
    event = msgspec.json.decode(delivery.body, type=event_type)
    async with database.transaction() as db:
        row = {"event_id": delivery.event_id, "reaction": reaction.__name__, "handled_at": now()}
        if not await db(_CLAIM, **row):
            return False
        await reaction(db, event)
    return True
