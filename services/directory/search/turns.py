"""Turns of elaborate searches: so many run at once, and the others wait for theirs, so that many of
them do not make everybody else's searches slow.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.directory.search.words import query_words
from shared.problems import Unavailable

# A search for more words than that intersects the users of each, and takes several times as long.
SHORT_WORDS = 2
# Each keeps a core of the database's machine busy; the other half is everybody else's.
CORES = max(1, (os.cpu_count() or 1) // 2)
# Whoever comes after so many would wait for seconds.
MAX_WAITING = 200


def running_beside(pool_size: int) -> int:
    """How many elaborate searches may run at once, so that at least half of the connections remain
    for everybody else.
    """
    return max(1, min(CORES, pool_size // 2))


class SearchTurns:
    """Those of one process. Searches for one or two words never wait."""

    def __init__(self, running: int = CORES, max_waiting: int = MAX_WAITING) -> None:
        self._running = asyncio.Semaphore(running)
        self._max_waiting = max_waiting
        self._waiting = 0

    @asynccontextmanager
    async def turn(self, search: str | None) -> AsyncIterator[None]:
        """Waits until a search for this text may run, and is its turn within the block. Raises
        Unavailable if too many wait already.
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
