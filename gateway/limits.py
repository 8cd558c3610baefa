"""Rate limit of requests per caller and minute: a sliding window, in this process's memory
(docs/decisions/0007).
"""

from __future__ import annotations

import math
import time
from typing import NamedTuple

from gateway.headers import Fields
from shared.problems import RateLimited

WINDOW = 60.0
# About 15 MB at most; beyond that the oldest are dropped, which only allows more requests.
MAX_CALLERS = 50_000


class Decision(NamedTuple):
    """Whether the request is over the limit, how many `remaining` requests are allowed, and after
    how many seconds (`reset`) the next one is (if limited) or the window ends.
    """

    limited: bool
    remaining: int
    reset: int


class RateLimiter:
    """Counts per caller over the last minute: this window's count plus the last one's, weighted by
    how much of it still counts. `policy` is what clients see as the name of the limit.
    """

    def __init__(self, limit: int, policy: str = "default") -> None:
        self.limit = limit
        self._policy = policy
        self._policy_field = (
            b"ratelimit-policy",
            b'"%b";q=%d;w=%d' % (policy.encode(), limit, WINDOW),
        )
        # caller -> [start of the window, count in it, count in the window before]
        self._windows: dict[object, list[float]] = {}

    def admit(self, caller: object, extra: Fields) -> None:
        """Counts one request of `caller` now, and adds the header fields that tell them what is
        left to `extra`. Raises RateLimited.
        """
        decision = self.hit(caller, time.monotonic())
        if decision.limited:
            extra.extend(_older_fields(self.limit, decision))
            raise RateLimited(
                self._policy, quota=self.limit, seconds=decision.reset, window=int(WINDOW)
            )
        state = (self._policy.encode(), decision.remaining, decision.reset)
        extra.append((b"ratelimit", b'"%b";r=%d;t=%d' % state))
        extra.append(self._policy_field)

    def hit(self, caller: object, now: float) -> Decision:
        """Counts one request of `caller` at `now` (seconds, monotonic). A refused request is not
        counted.
        """
        window = self._windows.get(caller)
        if window is None:
            if len(self._windows) >= MAX_CALLERS:
                self._evict(now)
            window = self._windows[caller] = [now, 0.0, 0.0]
        age = now - window[0]
        if age >= WINDOW:
            passed = age // WINDOW
            window[:] = [window[0] + passed * WINDOW, 0.0, window[1] if passed == 1 else 0.0]
            age = now - window[0]
        used = window[1] + window[2] * (1 - age / WINDOW)
        if used + 1 > self.limit + 1e-9:
            return Decision(True, 0, self._room_in(window, age))
        window[1] += 1
        return Decision(False, int(self.limit - used - 1), math.ceil(WINDOW - age))

    def _room_in(self, window: list[float], age: float) -> int:
        """Seconds until one more request fits, rounded up."""
        _, count, before = window
        # as soon as enough of the previous window has expired
        if count + 1 <= self.limit and before:
            seconds = (1 - (self.limit - 1 - count) / before) * WINDOW - age
        else:  # only in the next window, when a request of this one has expired
            seconds = WINDOW - age + WINDOW * (1 - (self.limit - 1) / count)
        return max(1, math.ceil(seconds))

    def _evict(self, now: float) -> None:
        self._windows = {k: w for k, w in self._windows.items() if now - w[0] < 2 * WINDOW}
        if len(self._windows) >= MAX_CALLERS:
            for caller in list(self._windows)[: MAX_CALLERS // 2]:
                del self._windows[caller]


def _older_fields(limit: int, decision: Decision) -> Fields:
    """The header names of earlier drafts, which more clients support."""
    return [
        (b"ratelimit-limit", b"%d" % limit),
        (b"ratelimit-remaining", b"%d" % decision.remaining),
        (b"ratelimit-reset", b"%d" % decision.reset),
    ]
