"""Waiting for conditions, and reading the process's metrics."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from shared.metrics import REGISTRY

Seen = TypeVar("Seen")


def metric(name: str, /, **labels: str) -> float:
    """The current value of a metric of this process; 0 if it was never counted."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def eventually(
    condition: Callable[[], Awaitable[Any]], *, within: float = 20.0, every: float = 0.02
) -> Any:
    """Returns the first truthy result of `condition`. Raises AssertionError if there is none
    `within` seconds.
    """
    limit = time.monotonic() + within
    while True:
        answer = await condition()
        if answer:
            return answer
        if time.monotonic() > limit:
            raise AssertionError(f"not true within {within} s: {condition}; last result {answer!r}")
        await asyncio.sleep(every)


def until(
    look: Callable[[], Seen],
    good: Callable[[Seen], bool] = bool,
    *,
    within: float,
    every: float = 0.05,
    story: Callable[[Seen], str] = repr,
) -> Seen:
    """The first result of `look` that is `good`, for tests without an event loop. Raises
    AssertionError with the `story` of the last one if there is none `within` seconds.
    """
    limit = time.monotonic() + within
    while not good(seen := look()):
        assert time.monotonic() < limit, story(seen)
        time.sleep(every)
    return seen
