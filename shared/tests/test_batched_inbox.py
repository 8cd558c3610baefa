"""Deliveries that arrive together share a transaction, and nothing else: neither failures nor
repetitions of one affect another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import text

from shared import inbox
from shared.batched_inbox import MAX_BATCH, BatchedInbox
from shared.db import Database, Executor, Transaction
from shared.deliveries import Delivery
from shared.events import BookingAccepted
from shared.ids import new_id
from shared.inbox import Reaction, Undeliverable
from shared.telemetry import request_context
from shared.tests.test_inbox import delivery_of

# Seconds between batches: none in these tests, which do not measure time.
PAUSE = 0.0


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "RETRY_PAUSES", (0.0, 0.0))


@pytest.fixture
def deliver(payments: Database) -> Callable[..., Any]:
    """Delivers all at once and returns what each ended with: None, or an error."""
    batched = BatchedInbox(payments, PAUSE)

    async def deliver(reaction: Reaction, *deliveries: Delivery) -> Sequence[Any]:
        return await asyncio.gather(
            *(batched.react(BookingAccepted, reaction, one) for one in deliveries),
            return_exceptions=True,
        )

    return deliver


class Recorder:
    """A reaction that notes its booking and its transaction."""

    def __init__(self, fails_for: Any = None) -> None:
        self.seen: list[tuple[Any, int]] = []
        self.fails_for = fails_for

    async def on_booking_accepted(self, db: Transaction, event: Any) -> None:
        transaction = (await db.execute(text("select pg_current_xact_id()::text"))).scalar_one()
        self.seen.append((event.booking_id, int(transaction)))
        if event.booking_id == self.fails_for:
            raise ValueError("never")

    @property
    def bookings(self) -> list[Any]:
        return [booking for booking, _ in self.seen]

    @property
    def transactions(self) -> list[int]:
        return [transaction for _, transaction in self.seen]


async def test_deliveries_at_the_same_time_share_a_transaction_in_the_order_of_their_aggregates(
    payments: Database, accepted: Callable[..., Any], deliver: Callable[..., Any]
) -> None:
    events = [accepted() for _ in range(5)]
    recorder = Recorder()
    assert await deliver(recorder.on_booking_accepted, *map(delivery_of, events)) == [None] * 5
    assert recorder.bookings == sorted(event.booking_id for event in events)
    assert len(set(recorder.transactions)) == 1
    assert await payments.reader.value("select count(*) from inbox") == 5


async def test_deliveries_of_one_aggregate_are_handled_in_the_order_in_which_they_came(
    accepted: Callable[..., Any], deliver: Callable[..., Any]
) -> None:
    first, second = sorted((accepted(), accepted()), key=lambda event: event.booking_id)
    seen: list[Any] = []

    async def on_booking_accepted(db: Transaction, event: Any) -> None:
        seen.append((event.booking_id, request_context.get().causation_id))

    deliveries = [delivery_of(event) for event in (second, first, second, first, first)]
    await deliver(on_booking_accepted, *deliveries)
    in_order = [deliveries[number] for number in (1, 3, 4, 0, 2)]
    assert [causation_id for _, causation_id in seen] == [str(one.event_id) for one in in_order]


async def test_more_than_one_batch_does_not_wait_for_a_pause(
    payments: Database, accepted: Callable[..., Any]
) -> None:
    batched, recorder = BatchedInbox(payments, pause=3600), Recorder()
    reaction = recorder.on_booking_accepted
    deliveries = [delivery_of(accepted()) for _ in range(MAX_BATCH + 1)]
    await asyncio.gather(*(batched.react(BookingAccepted, reaction, one) for one in deliveries))
    assert len(recorder.seen) == MAX_BATCH + 1
    assert len(set(recorder.transactions)) == 2


async def test_a_failing_delivery_affects_no_other(
    payments: Database, accepted: Callable[..., Any], deliver: Callable[..., Any]
) -> None:
    events = [accepted() for _ in range(4)]
    recorder = Recorder(fails_for=events[2].booking_id)
    results = await deliver(recorder.on_booking_accepted, *map(delivery_of, events))
    assert [type(result) for result in results] == [
        type(None),
        type(None),
        Undeliverable,
        type(None),
    ]
    assert await payments.reader.value("select count(*) from inbox") == 3


async def test_a_delivery_that_comes_twice_runs_once(
    accepted: Callable[..., Any], deliver: Callable[..., Any]
) -> None:
    delivery, other = delivery_of(accepted()), delivery_of(accepted())
    recorder = Recorder()
    for _ in range(2):
        results = await deliver(recorder.on_booking_accepted, delivery, delivery, other)
        assert results == [None] * 3
    assert len(recorder.seen) == 2


async def test_a_body_that_does_not_decode_is_undeliverable_and_holds_up_no_other(
    accepted: Callable[..., Any], deliver: Callable[..., Any]
) -> None:
    broken = Delivery(new_id(), BookingAccepted.TYPE, b"{")
    recorder = Recorder()
    first, second = await deliver(recorder.on_booking_accepted, broken, delivery_of(accepted()))
    assert isinstance(first, Undeliverable)
    assert second is None
    assert len(recorder.seen) == 1


async def test_each_reaction_has_the_request_context_of_its_own_delivery(
    accepted: Callable[..., Any], deliver: Callable[..., Any]
) -> None:
    seen = set()

    async def on_booking_accepted(db: Transaction, event: Any) -> None:
        current = request_context.get()
        seen.add((current.request_id, current.causation_id))

    deliveries = [delivery_of(accepted(), correlation_id=f"request-{n}") for n in range(3)]
    await deliver(on_booking_accepted, *deliveries)
    assert seen == {(one.correlation_id, str(one.event_id)) for one in deliveries}
    assert request_context.get().request_id is None


async def test_what_is_collected_is_written_once_before_the_commit(
    payments: Database, accepted: Callable[..., Any], deliver: Callable[..., Any]
) -> None:
    written: list[list[Any]] = []

    async def write(run: Executor, items: list[Any]) -> None:
        written.append(items)

    async def on_booking_accepted(db: Transaction, event: Any) -> None:
        db.write_before_commit(write, event.booking_id)

    events = [accepted() for _ in range(3)]
    await deliver(on_booking_accepted, *map(delivery_of, events))
    assert written == [sorted(event.booking_id for event in events)]
    with pytest.raises(ZeroDivisionError):
        async with payments.transaction() as db:
            db.write_before_commit(write, "never")
            1 / 0  # noqa: B018
    assert len(written) == 1
