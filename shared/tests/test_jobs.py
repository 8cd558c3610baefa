"""Batches of due items: what fails holds up nothing else. Jobs run when their signal wakes them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from shared import clock
from shared.jobs import SKIP_FAILED_FOR, Batches, Job
from shared.signals import WakeSignal
from shared.tasks import cancel_and_wait


class Due:
    """Items that are due until they are processed; those in `broken` always fail."""

    def __init__(self, number: int, broken: Sequence[int]) -> None:
        self.items = list(range(number))
        self.broken = set(broken)
        self.tried: list[int] = []

    async def first(self, limit: int) -> list[int]:
        return self.items[:limit]

    async def act(self, item: int) -> None:
        self.tried.append(item)
        if item in self.broken:
            raise ValueError("broken")
        self.items.remove(item)


async def run(batches: Batches[int], due: Due) -> int:
    """Runs as a job does until nothing more is due; how often."""
    runs = 1
    while (await batches.process(due.first, due.act)).is_more_due:
        runs += 1
    return runs


async def test_items_are_processed_in_batches_in_their_order() -> None:
    due = Due(10, ())
    assert await run(Batches("fails", 4), due) == 3
    assert (due.tried, due.items) == (list(range(10)), [])


async def test_more_failures_than_a_batch_has_hold_up_nobody() -> None:
    due, batches = Due(12, range(9)), Batches[int]("fails", 4)
    await run(batches, due)
    assert due.items == list(range(9))
    assert due.tried == list(range(12))


async def test_failure_is_tried_again_after_a_while() -> None:
    due, batches = Due(3, (0,)), Batches[int]("fails", 4)
    await run(batches, due)
    await run(batches, due)
    assert due.tried == [0, 1, 2]
    due.broken.clear()
    with clock.shifted(SKIP_FAILED_FOR):
        await run(batches, due)
    assert due.items == []


async def test_other_replicas_items_do_not_keep_a_job_busy() -> None:
    due, batches = Due(10, ()), Batches[int]("fails", 4)

    async def taken(_: int) -> bool:
        return False

    processed = await batches.process(due.first, taken)
    assert (processed.items, processed.is_more_due) == (0, False)


async def test_job_in_which_everything_fails_ends_its_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shared.jobs.MAX_SKIPPED", 4)
    due, batches = Due(10, range(10)), Batches[int]("fails", 2)
    assert await asyncio.wait_for(run(batches, due), 30) == 3
    assert due.tried == [0, 1, 2, 3, 4, 5]


async def test_unavailable_database_is_not_an_item_failure() -> None:
    due, batches = Due(2, ()), Batches[int]("fails", 4)

    async def away(_: int) -> None:
        raise ConnectionRefusedError

    with pytest.raises(ConnectionRefusedError):
        await batches.process(due.first, away)
    await run(batches, due)
    assert due.items == []


async def test_job_runs_at_once_when_its_signal_wakes_it() -> None:
    signal, runs = WakeSignal[[]](), asyncio.Queue[None]()

    async def work() -> bool:
        runs.put_nowait(None)
        return False

    running = asyncio.create_task(Job("woken", work, every=3600, woken_by=signal).run())
    await runs.get()  # its first run needs no signal
    signal.wake()
    async with asyncio.timeout(10):
        await runs.get()
    await cancel_and_wait(running)
