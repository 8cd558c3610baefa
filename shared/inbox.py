"""A reaction runs effectively once per event: its effects and the note that it ran commit together.

Events of one aggregate arrive in any order. `sequence` numbers them at their source, and what is
stale is decided here and nowhere else, from what a row remembers as its `last_sequence`: in Python
by `is_stale`, in SQL by `projection`. No clock is asked.

A delivery that fails for want of the database is held and tried until the database is back. One
that fails for its own sake is tried again with growing pauses and then goes to the service's
dead-letter queue, from where an operator can replay it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy import Column, DateTime, MetaData, String, Table, Uuid, func, or_
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.clock import now
from shared.db import Database
from shared.events import Event
from shared.metrics import DELIVERIES
from shared.pruning import prune
from shared.telemetry import RequestContext, log, request_context

# Pauses in seconds between the tries of a delivery that fails for its own sake; after the last it
# is a dead letter.
RETRY_PAUSES = (0.05, 0.2, 0.8, 2.0, 5.0)
LONGEST_WAIT = 5.0
# How long a handled delivery is remembered: no broker repeats one after so long.
KEPT_FOR = timedelta(days=30)

# The sequence of an event from a publisher that does not number them yet, during an upgrade: such a
# one is never stale, for nothing better than the order of arrival is known.
UNNUMBERED = 0

Reaction = Callable[[AsyncConnection, Any], Awaitable[None]]
Reactions = tuple[tuple[type[Event], Reaction], ...]

inbox = Table(
    "inbox",
    MetaData(),
    Column("event_id", Uuid, primary_key=True),
    Column("reaction", String, primary_key=True),
    Column("handled_at", DateTime(timezone=True), nullable=False),
)

_claim = insert(inbox).on_conflict_do_nothing()


class Delivery(msgspec.Struct, frozen=True):
    """A message as it arrived: the envelope's ids and the body's bytes."""

    event_id: UUID
    type: str
    body: bytes
    correlation_id: str | None = None
    traceparent: str | None = None
    sequence: int = UNNUMBERED


_sequence: ContextVar[int] = ContextVar("sequence", default=UNNUMBERED)


def event_sequence() -> int:
    """The number, within its aggregate, of the event that is being reacted to."""
    return _sequence.get()


def is_stale(last_sequence: int | None) -> bool:
    """Whether the event that is being reacted to is no newer than the one of `last_sequence`, which
    is None where none was applied yet.
    """
    sequence = event_sequence()
    return sequence != UNNUMBERED and last_sequence is not None and sequence <= last_sequence


def latest_sequence(last_sequence: int | None) -> int:
    """What a row remembers once the event that is being reacted to was applied to it."""
    return max(last_sequence or 0, event_sequence())


def projection(table: Table, *columns: str) -> Insert:
    """A statement that keeps another service's facts: inserts a row, or updates `columns` of the
    one that is there unless a newer event has been applied to it. Run it with the row and
    `last_sequence=event_sequence()`; what it returns nothing for, or rowcount 0, was stale.
    """
    statement = insert(table)
    stored, new = table.c.last_sequence, statement.excluded.last_sequence
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: statement.excluded[name] for name in columns}
        | {"last_sequence": func.greatest(stored, new)},
        where=or_(stored.is_(None), stored < new, new == UNNUMBERED),
    )


_AWAY = (
    OSError,
    TimeoutError,
    PoolTimeout,
    InterfaceError,
    OperationalError,
    asyncpg.exceptions.PostgresConnectionError,
    asyncpg.exceptions.OperatorInterventionError,
    asyncpg.exceptions.InsufficientResourcesError,
    asyncpg.exceptions.InterfaceError,
    # the server died in the middle of a statement, and this one came on the same connection
    asyncpg.exceptions.InternalClientError,
    asyncpg.exceptions.DeadlockDetectedError,
    asyncpg.exceptions.SerializationError,
)


class Undeliverable(Exception):
    """The delivery failed for its own sake, every time: it is to become a dead letter."""


def database_is_away(error: BaseException) -> bool:
    """Whether `error` says that the database could not be reached or is shutting down, rather than
    that the work was wrong.
    """
    if isinstance(error, DBAPIError) and not isinstance(error, (InterfaceError, OperationalError)):
        cause = getattr(error.orig, "__cause__", None) or error.orig
        return error.connection_invalidated or isinstance(cause, _AWAY)
    return isinstance(error, _AWAY)


async def react(
    database: Database, event_type: type[Event], reaction: Reaction, delivery: Delivery
) -> None:
    """Runs `reaction` on `delivery` once, in a transaction of its own. Raises Undeliverable after
    the last try.
    """
    token = request_context.set(
        RequestContext(delivery.correlation_id, str(delivery.event_id), delivery.traceparent)
    )
    numbered = _sequence.set(delivery.sequence)
    started, tries, waited = time.perf_counter(), 0, 0.2
    try:
        while True:
            try:
                fresh = await _react_once(database, event_type, reaction, delivery)
                break
            except Exception as error:
                if database_is_away(error):
                    log.warning(
                        "delivery waits",
                        event_type=delivery.type,
                        reason=type(error).__name__,
                        seconds=waited,
                    )
                    await asyncio.sleep(waited)
                    waited = min(waited * 2, LONGEST_WAIT)
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
        DELIVERIES.labels(delivery.type, "handled" if fresh else "repeated").inc()
        log.info(
            "event",
            event_type=delivery.type,
            event_id=delivery.event_id,
            repeated=not fresh,
            ms=round((time.perf_counter() - started) * 1000, 1),
        )
    finally:
        _sequence.reset(numbered)
        request_context.reset(token)


async def _react_once(
    database: Database, event_type: type[Event], reaction: Reaction, delivery: Delivery
) -> bool:
    event = msgspec.json.decode(delivery.body, type=event_type)
    async with database.transaction() as db:
        claimed = await db.execute(
            _claim,
            {"event_id": delivery.event_id, "reaction": reaction.__name__, "handled_at": now()},
        )
        if claimed.rowcount == 0:
            return False
        await reaction(db, event)
    return True


async def prune_inbox(database: Database) -> bool:
    """Job: deletes a batch of deliveries so old that no broker repeats them; whether there is
    more.
    """
    return await prune(database, inbox, inbox.c.handled_at, KEPT_FOR)
