"""Runs a reaction effectively once per event: its effects and the record that it ran commit
together.

A delivery that fails because the database is unavailable is held and retried until the database is
back. A delivery that fails for any other reason is retried with increasing pauses and then sent to
the service's dead-letter queue, from which an operator can replay it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import Column, DateTime, MetaData, String, Table, Uuid, bindparam
from sqlalchemy.dialects.postgresql import insert

from shared.clock import now
from shared.database_errors import is_database_unavailable
from shared.db import Database, Query, Transaction
from shared.deliveries import Delivery, processing
from shared.events import Event
from shared.metrics import DELIVERIES
from shared.pruning import Retention
from shared.telemetry import log

# Pauses in seconds between attempts of a delivery whose reaction fails; after the last attempt it
# becomes a dead letter.
RETRY_PAUSES = (0.05, 0.2, 0.8, 2.0, 5.0)
MAX_WAIT = 5.0

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


class Undeliverable(Exception):
    """Every attempt to handle the delivery failed: it must become a dead letter."""


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
