"""Scheduled jobs: each runs at an interval, and at once when woken by newly committed work."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from shared.inbox import database_is_away
from shared.metrics import JOB_LAST_DONE, JOB_RUNS
from shared.telemetry import log

T = TypeVar("T")


async def for_each(problem: str, items: Iterable[T], act: Callable[[T], Awaitable[object]]) -> int:
    """Calls `act` for each of `items`, and returns for how many the result was not False. A failure
    is logged as `problem` and does not affect the other items, unless the database is unavailable:
    such errors are raised.
    """
    done = 0
    for item in items:
        try:
            done += await act(item) is not False
        except Exception as error:
            if database_is_away(error):
                raise
            log.error(problem, item=str(item), exc_info=error)
    return done


class Job:
    """Runs `work` every `every` seconds, or sooner when `wake()` is called. `work` processes a
    bounded batch and returns whether more is due.

    All replicas run it: `work` claims rows with FOR UPDATE SKIP LOCKED, so that no row is processed
    twice.
    """

    def __init__(self, name: str, work: Callable[[], Awaitable[bool]], *, every: float) -> None:
        self.name = name
        self.work = work
        self.every = every
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Makes the job look for work at once."""
        self._wake.set()

    async def run(self) -> None:
        """Runs until cancelled. An error is logged, and the job continues with its next run."""
        while True:
            self._wake.clear()
            more = await self._once()
            if not more:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), self.every)

    async def _once(self) -> bool:
        try:
            more = await self.work()
        except Exception as error:
            JOB_RUNS.labels(self.name, "failed").inc()
            if database_is_away(error):
                log.warning(
                    "job waits for the database", job=self.name, reason=type(error).__name__
                )
            else:
                log.error("job failed", job=self.name, exc_info=error)
            await asyncio.sleep(min(1.0, self.every))
            return False
        JOB_RUNS.labels(self.name, "done").inc()
        JOB_LAST_DONE.labels(self.name).set_to_current_time()
        return more
