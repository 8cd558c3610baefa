"""Ends background tasks."""

from __future__ import annotations

import asyncio
from typing import Any

CANCEL_AGAIN_SECONDS = 5.0


async def cancel_and_wait(*tasks: asyncio.Task[Any]) -> None:
    """Cancels the tasks, and returns when they have ended. Their exceptions are dropped.

    A task that still runs after CANCEL_AGAIN_SECONDS is cancelled again. One cancellation is not
    enough: until Python 3.12, `asyncio.wait_for` drops one that arrives together with the result it
    waits for (python/cpython#86296), and the task would go on for ever. Our own code uses
    `asyncio.timeout` instead; libraries do not.
    """
    running = {task for task in tasks if not task.done()}
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=CANCEL_AGAIN_SECONDS)
    for task in tasks:
        if not task.cancelled():
            task.exception()  # retrieved, so that asyncio does not log it
