"""Rate limits for requests that burden others than this service."""

from __future__ import annotations

import math
import time
from uuid import UUID

from shared.problems import RateLimited

MINUTE = 60.0


class RateWindow:
    """Counts per key within fixed windows of a minute, in this process. Several replicas allow
    several times as many requests, which is acceptable.
    """

    def __init__(self, name: str, per_minute: int) -> None:
        self._name, self._per_minute = name, per_minute
        self._began = 0.0
        self._counts: dict[tuple[UUID, UUID], int] = {}

    def count(self, *key: UUID) -> None:
        """Counts one request for `key` (an object and a user). Raises RateLimited."""
        thing_id, user_id = key
        at = time.monotonic()
        if at - self._began >= MINUTE:
            self._began = at
            self._counts.clear()
        number = self._counts.get((thing_id, user_id), 0) + 1
        if number > self._per_minute:
            wait = math.ceil(self._began + MINUTE - at)
            raise RateLimited(self._name, quota=self._per_minute, seconds=wait, window=int(MINUTE))
        self._counts[thing_id, user_id] = number
