"""Reads a calendar: downloads it, and derives the busy times in a separate process, which can be
killed.

A thread would delay every request through Python's global lock, and could not be stopped when a
rule that no date ever satisfies keeps it busy for minutes.
"""

from __future__ import annotations

import asyncio
import resource
from datetime import datetime

import anyio
import anyio.to_process

from services.booking.busy_calendars.downloads import download
from services.booking.busy_calendars.errors import UnreadableCalendar
from services.booking.domain.rules import Interval
from shared.counts import counted

SECONDS = 10.0
MAX_MEMORY = 768 * 1024 * 1024


class CalendarReader:
    """Reads calendars. Downloads may run concurrently; only one calendar is processed at a time."""

    def __init__(self, *, allow_private: bool, seconds: float = SECONDS) -> None:
        self._allow_private, self._seconds = allow_private, seconds
        self._worker = asyncio.Semaphore(1)

    async def read(
        self, address: str, time_zone: str, since: datetime, until: datetime
    ) -> list[Interval]:
        """The times when the owner of the calendar at `address` is busy (`events.busy_times`).
        Raises UnreadableCalendar.
        """
        content = await download(address, allow_private=self._allow_private)
        async with self._worker:
            try:
                with anyio.fail_after(self._seconds):
                    return await anyio.to_process.run_sync(
                        _busy_times, content, time_zone, since, until, cancellable=True
                    )
            except TimeoutError:
                reason = (
                    f"The calendar takes more than {counted(self._seconds, 'second')} to process."
                )
            except (MemoryError, anyio.BrokenWorkerProcess):
                reason = "The calendar takes too much memory to process."
        raise UnreadableCalendar(reason)


def _busy_times(content: bytes, time_zone: str, since: datetime, until: datetime) -> list[Interval]:
    # Imported only in the worker: the libraries take 30 MB.
    from services.booking.busy_calendars.events import busy_times  # noqa: PLC0415

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, hard))
    return busy_times(content, time_zone, since, until)
