"""Only a few elaborate searches run at once; others never wait for them."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest

from services.directory.search.limiter import CORES, SearchLimiter, max_running
from services.directory.tests.conftest import found, publish
from shared.problems import Unavailable
from shared.testing import ServiceHarness, eventually

LONG = "twenty years among hives"


async def test_elaborate_searches_wait_while_short_ones_are_answered(
    directory: ServiceHarness,
) -> None:
    await publish(directory)
    limiter: SearchLimiter = directory.app.state.limiter
    async with AsyncExitStack() as running:
        for _ in range(CORES):
            await running.enter_async_context(limiter.slot(LONG))
        late = [asyncio.create_task(found(directory, LONG)) for _ in range(20)]

        async def all_wait() -> bool:
            return limiter._waiting == len(late)

        await eventually(all_wait)
        assert await found(directory, "hives") == ["Beekeeper and advisor"]
        assert await found(directory, "twenty years") == ["Beekeeper and advisor"]
        assert (await directory.get("/consultants")).status_code == 200
        assert not any(task.done() for task in late)
    assert await asyncio.gather(*late) == [["Beekeeper and advisor"]] * len(late)
    assert limiter._waiting == 0


async def test_search_is_refused_when_too_many_are_waiting(directory: ServiceHarness) -> None:
    directory.app.state.limiter = limiter = SearchLimiter(running=1, max_waiting=1)
    async with limiter.slot(LONG):
        waiting = asyncio.create_task(found(directory, LONG))

        async def waits() -> bool:
            return limiter._waiting == 1

        await eventually(waits)
        answer = await directory.get("/consultants", params={"search": LONG})
        assert (answer.status_code, answer.json()["code"]) == (503, "service_unavailable")
        assert answer.headers["retry-after"]
    await waiting


@pytest.mark.parametrize("ending", ["fails", "is given up"])
async def test_slot_is_released_however_the_search_ends(ending: str) -> None:
    limiter = SearchLimiter(running=1)

    async def search(error: BaseException | None) -> str:
        async with limiter.slot(LONG):
            if error is not None:
                raise error
            return "found"

    if ending == "fails":
        with pytest.raises(Unavailable):
            await search(Unavailable())
    else:
        async with limiter.slot(LONG):
            given_up: asyncio.Task[Any] = asyncio.create_task(search(None))
            await asyncio.sleep(0)
            given_up.cancel()
            with pytest.raises(asyncio.CancelledError):
                await given_up
    assert await asyncio.wait_for(search(None), 5) == "found"


def test_elaborate_searches_leave_half_of_the_connections_to_others() -> None:
    assert [max_running(size) for size in (1, 2, 3)] == [1, 1, 1]
    for size in (4, 5, 20, 500):
        assert 1 <= max_running(size) <= min(size // 2, CORES)
