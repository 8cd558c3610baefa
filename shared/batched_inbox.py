"""Handles deliveries that arrive at about the same time in one transaction, for a service whose
reactions are many and may wait for a moment: they share a BEGIN, a COMMIT, one statement for the
inbox, and what reactions write with `write_before_commit`.

If one of them fails, the transaction is rolled back and each is handled in a transaction of its
own, as in other services, so that a failing delivery does not affect the others.

A batch is handled in the order of the aggregates' ids, in which every process locks their rows, and
the deliveries of one aggregate in the order in which they came. Rows that several aggregates share,
such as a user's, must be locked with `write_before_commit`. Where a reaction locks another
aggregate's row nevertheless, two processes can deadlock: the database then fails one of the
batches, and its deliveries are handled singly.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import text

from shared.clock import now
from shared.db import Database, Query
from shared.deliveries import Delivery, processing
from shared.events import Event
from shared.inbox import Reaction, react, record_handled
from shared.telemetry import log

MAX_BATCH = 32

_CLAIM_ALL = Query(
    text("""
    insert into inbox (event_id, reaction, handled_at)
    select given.event_id, given.reaction, cast(:handled_at as timestamptz)
    from unnest(cast(:event_ids as uuid[]), cast(:reactions as text[])) given (event_id, reaction)
    on conflict do nothing
    returning event_id, reaction
    """)
)


class _Waiting:
    """A delivery that waits for its batch. `handled` is False if it must be handled on its own."""

    def __init__(self, event: Event, reaction: Reaction, delivery: Delivery) -> None:
        self.event, self.reaction, self.delivery = event, reaction, delivery
        self.key = (delivery.event_id, reaction.__name__)
        self.aggregate_id: UUID = getattr(event, event.AGGREGATE_ID)
        self.started = time.perf_counter()
        self.is_fresh = False  # whether it is the first of its event
        self.handled: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def end(self, *, handled: bool) -> None:
        """Lets the consumer continue, unless it has already or was cancelled."""
        if not self.handled.done():
            self.handled.set_result(handled)


class BatchedInbox:
    """Handles one batch after the other, with a pause of `pause` seconds between them, in which the
    next one gathers. There is no pause after a longer time without deliveries, nor while some wait
    for which the last batch had no room.
    """

    def __init__(self, database: Database, pause: float) -> None:
        self._database, self._pause = database, pause
        self._waiting: list[_Waiting] = []
        self._worker: asyncio.Task[None] | None = None

    async def react(self, event_type: type[Event], reaction: Reaction, delivery: Delivery) -> None:
        """Runs `reaction` on `delivery` once. Raises Undeliverable after the last attempt."""
        if not await self._handled_in_batch(event_type, reaction, delivery):
            await react(self._database, event_type, reaction, delivery)

    async def _handled_in_batch(
        self, event_type: type[Event], reaction: Reaction, delivery: Delivery
    ) -> bool:
        try:
            event = msgspec.json.decode(delivery.body, type=event_type)
        except msgspec.MsgspecError:
            return False
        waiting = _Waiting(event, reaction, delivery)
        self._waiting.append(waiting)
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        return await waiting.handled

    async def _work(self) -> None:
        while self._waiting:
            batch = self._next_batch()
            left_over = bool(self._waiting)
            try:
                await self._handle(batch)
            except Exception as error:
                log.info("deliveries are handled singly", number=len(batch), reason=repr(error))
            finally:
                for waiting in batch:
                    waiting.end(handled=False)
            if not left_over:
                await asyncio.sleep(self._pause)

    def _next_batch(self) -> list[_Waiting]:
        """The first deliveries that wait, by aggregate."""
        batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
        return sorted(batch, key=lambda waiting: waiting.aggregate_id)

    async def _handle(self, batch: Sequence[_Waiting]) -> None:
        async with self._database.transaction() as db:
            claimed = await db(
                _CLAIM_ALL,
                event_ids=[waiting.delivery.event_id for waiting in batch],
                reactions=[waiting.reaction.__name__ for waiting in batch],
                handled_at=now(),
            )
            fresh = {(row["event_id"], row["reaction"]) for row in claimed}
            for waiting in batch:
                waiting.is_fresh = waiting.key in fresh
                fresh.discard(waiting.key)  # the same message may be in the batch twice
                if waiting.is_fresh:
                    with processing(waiting.delivery):
                        await waiting.reaction(db, waiting.event)
        for waiting in batch:
            with processing(waiting.delivery):
                record_handled(waiting.delivery, waiting.started, fresh=waiting.is_fresh)
            waiting.end(handled=True)
