"""How often a caller may do something that is not stored."""

from __future__ import annotations

import time
from uuid import UUID

from shared.problems import RateLimited

MINUTE = 60.0


class RateWindow:
    """Counts per key within fixed windows of a minute, in this process: a few replicas let through
    a few times as much, which is still far from a flood.
    """

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._began = 0.0
        self._counts: dict[tuple[UUID, UUID], int] = {}

    def count(self, *key: UUID) -> None:
        """One more of `key` (a booking and a user). Raises RateLimited."""
        booking_id, user_id = key
        at = time.monotonic()
        if at - self._began >= MINUTE:
            self._began = at
            self._counts.clear()
        number = self._counts.get((booking_id, user_id), 0) + 1
        if number > self._per_minute:
            wait = max(1, round(self._began + MINUTE - at))
            raise RateLimited(
                headers={
                    "Retry-After": str(wait),
                    "RateLimit": f'"signals";r=0;t={wait}',
                    "RateLimit-Policy": f'"signals";q={self._per_minute};w=60',
                }
            )
        self._counts[booking_id, user_id] = number
