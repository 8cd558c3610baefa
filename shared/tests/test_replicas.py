"""Several replicas of a service, with a real broker and without a leader."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from shared import publisher as publishing
from shared.broker import Messaging
from shared.db import Database
from shared.deliveries import event_sequence
from shared.events import BookingAccepted
from shared.ids import new_id
from shared.outbox import emit
from shared.projections import is_stale
from shared.publisher import Publisher
from shared.testing import Infrastructure, eventually

Make = Callable[..., Any]


@pytest.fixture
async def sibling(infrastructure: Infrastructure) -> AsyncIterator[Database]:
    """The database connection of another replica of booking."""
    database = Database(infrastructure.service_urls["booking"], name="booking")
    yield database
    await database.close()


class Consumer:
    """Stores the newest amount of each booking, as a projection does, and all arrivals."""

    def __init__(self) -> None:
        self.sequences: dict[Any, list[int]] = {}
        self.newest: dict[Any, tuple[int, int]] = {}

    async def on_booking_accepted(self, _db: Any, event: BookingAccepted) -> None:
        self.sequences.setdefault(event.booking_id, []).append(event_sequence())
        last, _ = self.newest.get(event.booking_id, (None, 0))
        if not is_stale(last):
            self.newest[event.booking_id] = (event_sequence(), event.amount)


async def emit_all(database: Database, events: list[BookingAccepted]) -> None:
    for event in events:
        async with database.transaction() as db:
            await emit(db, event)


async def test_replica_cut_off_from_the_broker_is_helped_by_its_sibling(
    booking: Database,
    sibling: Database,
    payments: Database,
    link: Make,
    accepted: Make,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(publishing, "ABANDONED_AFTER", 0.5)
    monkeypatch.setattr(publishing, "SWEEP_EVERY", 0.1)
    consumer = Consumer()
    await link("payments", payments, ((BookingAccepted, consumer.on_booking_accepted),))
    await link("booking", sibling)
    cut_off = Messaging("amqp://x:y@127.0.0.1:1/", "booking", booking, ())
    publisher = Publisher(booking, cut_off.publish, available=cut_off.available)
    booking.publish = publisher.publish
    work = [asyncio.create_task(one.run()) for one in (cut_off, publisher)]
    theirs, ours = [accepted() for _ in range(5)], [accepted() for _ in range(5)]
    await asyncio.gather(emit_all(booking, theirs), emit_all(sibling, ours))

    async def all_arrived() -> bool:
        return set(consumer.newest) == {event.booking_id for event in [*theirs, *ours]}

    await eventually(all_arrived)
    booking.publish = None
    for task in work:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)
    await cut_off.close()
    assert cut_off.state == "down"


async def test_two_replicas_that_publish_for_one_aggregate_leave_its_newest_state(
    booking: Database, sibling: Database, payments: Database, link: Make, accepted: Make
) -> None:
    consumer, booking_id = Consumer(), new_id()
    await link("payments", payments, ((BookingAccepted, consumer.on_booking_accepted),))
    for replica in (booking, sibling):
        await link("booking", replica)

    async def emit_twenty(replica: Database, first: int) -> None:
        for amount in range(first, first + 20):
            await emit_all(replica, [accepted(booking_id=booking_id, amount=amount)])

    await asyncio.gather(emit_twenty(booking, 0), emit_twenty(sibling, 100))

    async def all_arrived() -> bool:
        return len(consumer.sequences.get(booking_id, ())) == 40

    await eventually(all_arrived)
    assert sorted(consumer.sequences[booking_id]) == list(range(1, 41)), "each once, no gap"
    sequence, amount = consumer.newest[booking_id]
    assert sequence == 40
    assert amount in (19, 119), "the last that either of them committed"
