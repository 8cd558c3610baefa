"""Scheduled jobs: each runs at an interval, and at once when woken by newly committed work."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Generic, NamedTuple, TypeVar

from shared.clock import now
from shared.database_errors import is_database_unavailable
from shared.metrics import JOB_LAST_DONE, JOB_RUNS
from shared.signals import WakeSignal
from shared.telemetry import log

T = TypeVar("T")


# How long an item that failed is skipped. It is kept per replica and in memory only. Once the cause
# is resolved, the item waits at most this long.
SKIP_FAILED_FOR = timedelta(seconds=30)
# The maximum number of failed items to remember; beyond it, items are retried in every batch.
MAX_SKIPPED = 1_000


class Processed(NamedTuple):
    """The result of a run: how many items were processed, or failed and are skipped from now on,
    and whether the batch was full.
    """

    items: int
    is_full: bool

    @property
    def is_more_due(self) -> bool:
        """Whether more may be due. False if a full batch had no effect because other replicas
        process its items: the next run would find the same ones.
        """
        return self.is_full and self.items > 0


class Batches(Generic[T]):
    """Processes the due items of a job in batches of `size`, the most urgent first. A failure is
    logged as `problem` and does not affect the other items of the batch. The failed item is skipped
    for a while; otherwise as many failing items as a batch holds would block all others.
    """

    def __init__(self, problem: str, size: int) -> None:
        self._problem, self._size = problem, size
        self._skipped_until: dict[T, datetime] = {}

    async def process(
        self,
        due: Callable[[int], Awaitable[Iterable[T]]],
        act: Callable[[T], Awaitable[object]],
    ) -> Processed:
        """Calls `act` with each of the next items of `due(limit)`; it returns False if another
        replica has processed the item. Raises the error if the database is unavailable.
        """
        at, done = now(), 0
        failed = {item: until for item, until in self._skipped_until.items() if until > at}
        self._skipped_until = failed
        # Failed items are read again with every batch: cheaper than recording them in a table.
        found = await due(self._size + len(failed))
        batch = [item for item in found if item not in failed][: self._size]
        for item in batch:
            try:
                done += await act(item) is not False
            except Exception as error:
                if is_database_unavailable(error):
                    raise
                log.error(self._problem, item=str(item), exc_info=error)
                if len(failed) < MAX_SKIPPED:
                    failed[item] = at + SKIP_FAILED_FOR
                    done += 1
        return Processed(done, len(batch) == self._size)


class Job:
    """Runs `work` every `every` seconds, or sooner when `woken_by` or `wake()` is called. `work`
    processes a bounded batch and returns whether more is due.

    All replicas run it: `work` claims rows with FOR UPDATE SKIP LOCKED, so that no row is processed
    twice.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[], Awaitable[bool]],
        *,
        every: float,
        woken_by: WakeSignal[[]] | None = None,
    ) -> None:
        self.name = name
        self.work = work
        self.every = every
        self._wake = asyncio.Event()
        if woken_by is not None:
            woken_by.listener = self.wake

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
                    async with asyncio.timeout(self.every):
                        await self._wake.wait()

    async def _once(self) -> bool:
        try:
            more = await self.work()
        except Exception as error:
            JOB_RUNS.labels(self.name, "failed").inc()
            if is_database_unavailable(error):
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
