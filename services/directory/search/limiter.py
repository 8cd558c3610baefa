"""Limits how many elaborate searches run at once, so that they do not slow down all others."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.directory.search.words import query_words
from shared.problems import Unavailable

# A search for more words intersects the consultants of each, which takes several times as long.
SHORT_WORDS = 2
# Each occupies a core of the database's host; half of the cores are left to other queries.
CORES = max(1, (os.cpu_count() or 1) // 2)
# Further ones would have to wait for seconds.
MAX_WAITING = 200


def max_running(pool_size: int) -> int:
    """How many elaborate searches may run at once, so that at least half of the connections remain
    for other queries.
    """
    return max(1, min(CORES, pool_size // 2))


class SearchLimiter:
    """The limit of one process. Searches for one or two words never wait."""

    def __init__(self, running: int = CORES, max_waiting: int = MAX_WAITING) -> None:
        self._running = asyncio.Semaphore(running)
        self._max_waiting = max_waiting
        self._waiting = 0

    @asynccontextmanager
    async def slot(self, search: str | None) -> AsyncIterator[None]:
        """Waits until a search for this text may run; it occupies a slot within the block. Raises
        Unavailable if too many are waiting already.
        """
        if search is None or len(query_words(search)) <= SHORT_WORDS:
            yield
            return
        if self._waiting >= self._max_waiting:
            raise Unavailable
        self._waiting += 1
        try:
            await self._running.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._running.release()
