"""Background tasks end, also where a library loses a cancellation."""

from __future__ import annotations

import asyncio

import pytest

from shared import tasks
from shared.jobs import Job
from shared.tasks import cancel_and_wait


async def test_tasks_are_cancelled_whatever_state_they_are_in() -> None:
    async def fails() -> None:
        raise ValueError("broken")

    running = asyncio.create_task(asyncio.sleep(600))
    failed = asyncio.create_task(fails())
    done = asyncio.create_task(asyncio.sleep(0))
    await asyncio.wait({failed, done})
    await cancel_and_wait(running, failed, done)
    assert (running.cancelled(), failed.done(), done.done()) == (True, True, True)
    await cancel_and_wait()


async def test_task_that_loses_a_cancellation_is_cancelled_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tasks, "CANCEL_AGAIN_SECONDS", 0.01)
    lost = 0

    async def deaf() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.sleep(600)
            except asyncio.CancelledError:
                if lost == 2:
                    raise
                lost += 1

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    await cancel_and_wait(task)
    assert (task.cancelled(), lost) == (True, 2)


async def test_job_that_is_woken_while_it_is_cancelled_ends() -> None:
    async def nothing() -> bool:
        return False

    job = Job("idle", nothing, every=600)
    task = asyncio.create_task(job.run())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    job.wake()
    task.cancel()
    await asyncio.wait({task}, timeout=20)
    assert task.cancelled()
