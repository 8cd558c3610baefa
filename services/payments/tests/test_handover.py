"""A step that can be sent at once is claimed as it is planned and handed to the worker after the
commit.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from services.payments.domain.operations import Operation, StepKind
from services.payments.store import claims, operations
from services.payments.store.handover import handover
from services.payments.tests.actors import Booking, Payments
from shared import clock


class Worker:
    """Keeps what it is handed; it does nothing by itself."""

    def __init__(self) -> None:
        self.handed: list[Operation] = []
        self.room = True

    def has_room(self) -> bool:
        return self.room

    def start(self, operation: Operation) -> None:
        self.handed.append(operation)


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    made = Worker()
    handover.worker = made
    yield made
    handover.worker = None


async def state_of(payments: Payments, kind: str) -> list[tuple[str, int, bool]]:
    rows = await payments.harness.sql(
        "select state, tries, in_doubt from operations where kind = $1 order by attempt", kind
    )
    return [tuple(row) for row in rows]


async def test_planned_step_is_claimed_with_its_card_and_handed_over(
    payments: Payments, booking: Booking, worker: Worker
) -> None:
    await booking.deliver(booking.accepted())
    (operation,) = worker.handed
    assert (operation.kind, operation.subject_id, operation.tries) == ("authorize", booking.id, 1)
    assert {"customer", "payment_method"} <= set(operation.params)
    assert await state_of(payments, "authorize") == [("running", 1, True)]
    await payments.work()
    assert len(worker.handed) == 1, "nobody claims it a second time"
    await payments.state.worker.execute(operation)
    assert (await payments.payment(booking.id))["status"] == "authorized"


async def test_step_whose_worker_died_is_claimed_when_the_lease_is_over(
    payments: Payments, booking: Booking, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    await booking.deliver(booking.accepted())
    handover.worker = None
    await payments.work()
    assert await state_of(payments, "authorize") == [("running", 1, True)]
    later = clock.now() + operations.LEASE + timedelta(seconds=1)
    monkeypatch.setattr(claims, "now", lambda: later)
    await payments.work()
    assert (await payments.payment(booking.id))["status"] == "authorized"


async def test_step_waits_where_another_of_its_booking_is_open_or_no_worker_has_room(
    payments: Payments, booking: Booking, worker: Worker
) -> None:
    worker.room = False
    await booking.deliver(booking.accepted())
    assert worker.handed == []
    assert await state_of(payments, "authorize") == [("due", 0, False)]


async def test_step_is_not_claimed_beside_one_that_waits_for_an_account(
    payments: Payments, booking: Booking, worker: Worker
) -> None:
    """It may be woken, and claimed, at any moment: then two would run at once."""
    async with payments.harness.database.transaction() as db:
        assert await operations.plan(db, StepKind.TRANSFER, booking.id, {}, waiting=True)
        assert await operations.plan(db, StepKind.REFUND, booking.id, {"refund": "1"})
    assert worker.handed == []
    assert await state_of(payments, "refund") == [("due", 0, False)]


async def test_rolled_back_plan_is_handed_to_nobody(
    payments: Payments, booking: Booking, worker: Worker
) -> None:
    with pytest.raises(RuntimeError):
        async with payments.harness.database.transaction() as db:
            assert await operations.plan(db, StepKind.RELEASE, booking.id, {"intent": "pi_1"})
            raise RuntimeError
    assert worker.handed == []
    assert await state_of(payments, "release") == []
