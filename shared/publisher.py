"""Publishes the outbox without a leader: each process publishes what it committed, from memory, and
deletes the rows once the broker has confirmed them.

Events that a process could not publish (it died, or lost its broker connection) stay in the table,
and any process connected to a broker publishes them after ABANDONED_AFTER. A crash between
confirmation and deletion causes a duplicate, which the consumers' inbox detects, but never a loss.
A row that the broker refuses is retried with increasing pauses, independently of the others, and is
moved to `refused_events` with the reason after REFUSALS refusals.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from sqlalchemy import (
    Column,
    DateTime,
    FetchedValue,
    String,
    Table,
    Uuid,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from shared.db import Database, Executor, Query
from shared.metrics import EVENTS_REFUSED, PUBLISHED
from shared.outbox import METADATA, OutboxEvent, outbox
from shared.telemetry import log

# The maximum number of this process's events in flight to the broker; further ones are left to the
# sweep.
MAX_IN_FLIGHT = 5_000
DELETE_EVERY = 0.25
SWEEP_EVERY = 2.0
SWEEP_BATCH = 200
# Age of a row, in seconds, after which another process may publish it.
ABANDONED_AFTER = 5.0
# Refusals after which a row is moved to `refused_events`; the pauses between them double, starting
# at one second.
REFUSALS = 6

refused_events = Table(
    "refused_events",
    METADATA,
    *(
        Column(name, outbox.c[name].type, nullable=outbox.c[name].nullable)
        for name in OutboxEvent.__struct_fields__
    ),
    Column("reason", String, nullable=False),
    Column("refused_at", DateTime(timezone=True), FetchedValue(), nullable=False),
)

_columns = [outbox.c[name] for name in OutboxEvent.__struct_fields__]
_this = outbox.c.event_id == bindparam("id")
_DELETE = Query(
    delete(outbox).where(outbox.c.event_id == func.any(bindparam("ids", type_=ARRAY(Uuid))))
)
_ABANDONED = Query(
    select(*_columns)
    .where(
        outbox.c.written_at < func.now() - func.make_interval(0, 0, 0, 0, 0, 0, bindparam("age")),
        or_(outbox.c.retry_at.is_(None), outbox.c.retry_at <= func.now()),
    )
    .order_by(outbox.c.position)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_LEAVE = Query(
    update(outbox)
    .where(outbox.c.event_id == func.any(bindparam("ids", type_=ARRAY(Uuid))))
    .values(written_at=text("'-infinity'"))
)
_POSTPONE = Query(
    update(outbox)
    .where(_this)
    .values(
        refusals=outbox.c.refusals + 1,
        retry_at=func.now()
        + func.make_interval(0, 0, 0, 0, 0, 0, func.power(2, outbox.c.refusals)),
    )
    .returning(outbox.c.refusals)
)
_gone = delete(outbox).where(_this).returning(*_columns).cte("gone")
_SET_ASIDE = Query(
    insert(refused_events).from_select(
        [*OutboxEvent.__struct_fields__, "reason"],
        select(*_gone.c, bindparam("reason", type_=String)),
    )
)

Send = Callable[[OutboxEvent], Awaitable[None]]


class EventRefused(Exception):
    """The broker is reachable and refuses this event, for the reason given."""


class Publisher:
    """Publishes the events of one service. `send` returns when the broker has confirmed the event;
    it raises EventRefused, or any other error if the broker could not be reached.
    """

    def __init__(self, database: Database, send: Send, *, available: Callable[[], bool]) -> None:
        self._database = database
        self._send = send
        self._available = available
        self._in_flight: set[asyncio.Task[None]] = set()
        self._confirmed: list[UUID] = []
        self._something_confirmed = asyncio.Event()

    def publish(self, events: Sequence[OutboxEvent]) -> None:
        """Sends newly committed events, in this order. Returns at once; never raises."""
        if not self._available() or len(self._in_flight) >= MAX_IN_FLIGHT:
            return  # the sweep publishes them, here or in another process
        for event in events:
            # Tasks start in the order of their creation, so messages are written in that order.
            task = asyncio.create_task(self._publish(event))
            self._in_flight.add(task)
            task.add_done_callback(self._in_flight.discard)

    async def _publish(self, event: OutboxEvent) -> None:
        try:
            await self._send(event)
        except Exception as error:
            log.warning("event left to the sweep", event_type=event.type, reason=repr(error))
        else:
            self._confirm(event)

    def _confirm(self, event: OutboxEvent) -> None:
        PUBLISHED.labels(event.type).inc()
        self._confirmed.append(event.event_id)
        self._something_confirmed.set()

    async def run(self) -> None:
        """Deletes confirmed events and sweeps abandoned ones, until cancelled."""
        await asyncio.gather(self._delete_loop(), self._sweep_loop())

    async def close(self, *, within: float) -> None:
        """Waits up to `within` seconds for events in flight, and deletes the confirmed ones."""
        if self._in_flight:
            await asyncio.wait(self._in_flight, timeout=within)
        with contextlib.suppress(Exception):  # rows that remain are published twice
            await self._delete_confirmed()

    # ---- deleting

    async def _delete_loop(self) -> None:
        while True:
            await self._something_confirmed.wait()
            await asyncio.sleep(DELETE_EVERY)  # batches deletions into one statement
            try:
                await self._delete_confirmed()
            except Exception as error:
                log.warning("published events wait for their deletion", reason=repr(error))
                await asyncio.sleep(1.0)

    async def _delete_confirmed(self) -> None:
        self._something_confirmed.clear()
        ids, self._confirmed = self._confirmed, []
        if not ids:
            return
        try:
            await self._database.autocommit(_DELETE, ids=ids)
        except BaseException:
            self._confirmed += ids
            self._something_confirmed.set()
            raise

    # ---- events left by other processes

    async def _sweep_loop(self) -> None:
        while True:
            full = False
            try:
                if self._available():
                    full = await self.sweep()
            except Exception as error:
                log.warning("outbox sweep failed", reason=repr(error))
            if not full:
                await asyncio.sleep(SWEEP_EVERY)

    async def sweep(self) -> bool:
        """Publishes one batch of abandoned rows. Returns whether there are probably more. Locked
        rows are being published by another process and do not block the others.
        """
        async with self._database.transaction() as db:
            rows = await db(_ABANDONED, age=ABANDONED_AFTER, most=SWEEP_BATCH)
            events = [OutboxEvent(**row) for row in rows]
            sent, refused = await self._send_all(events)
            await db(_DELETE, ids=[event.event_id for event in sent])
            for event, reason in refused:
                await _record_refusal(db, event, reason)
        for event in sent:
            PUBLISHED.labels(event.type).inc()
        return len(events) == SWEEP_BATCH and len(sent) + len(refused) == SWEEP_BATCH

    async def _send_all(
        self, events: Sequence[OutboxEvent]
    ) -> tuple[list[OutboxEvent], list[tuple[OutboxEvent, str]]]:
        """The events that the broker has confirmed, and those that it refused. The others could not
        be sent.
        """
        sent: list[OutboxEvent] = []
        refused: list[tuple[OutboxEvent, str]] = []
        results = await asyncio.gather(*map(self._send, events), return_exceptions=True)
        for event, result in zip(events, results, strict=True):
            if result is None:
                sent.append(event)
            elif isinstance(result, EventRefused):
                refused.append((event, str(result)))
            elif isinstance(result, asyncio.CancelledError):
                raise result
            else:
                log.warning("event not confirmed", event_type=event.type, reason=repr(result))
        return sent, refused


async def leave_to_others(database: Database, ids: Sequence[UUID]) -> None:
    """Lets the next sweep publish these committed events, without ABANDONED_AFTER: for a process
    that cannot publish its own.
    """
    await database.autocommit(_LEAVE, ids=list(ids))


async def _record_refusal(run: Executor, event: OutboxEvent, reason: str) -> None:
    EVENTS_REFUSED.labels(event.type).inc()
    (row,) = await run(_POSTPONE, id=event.event_id)
    log.error(
        "event refused",
        event_type=event.type,
        event_id=event.event_id,
        reason=reason,
        refusals=row["refusals"],
    )
    if row["refusals"] >= REFUSALS:
        await run(_SET_ASIDE, id=event.event_id, reason=reason)
