"""Wake-ups."""

from __future__ import annotations

import asyncio

from shared.signals import WakeSignal
from shared.testing import eventually


async def test_later_wake_up_is_for_who_listened_when_it_was_planned() -> None:
    signal, early, late = WakeSignal[[]](), asyncio.Event(), asyncio.Event()
    signal.wake_later(0)  # nobody listens
    signal.listener = early.set
    signal.wake_later(0.01)
    signal.listener = late.set

    async def is_over() -> bool:
        return early.is_set()

    await eventually(is_over)
    assert not late.is_set()
