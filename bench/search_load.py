"""`make bench ARGS=search_load`: what a short search costs while others search for as much as they
may.

Twenty clients send the longest searches that are allowed, each the next one as soon as the last is
answered. Another client's searches for one word are measured before and meanwhile.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count, cycle
from urllib.parse import quote

from bench.load import dataset
from bench.load.client import Connection
from bench.load.meter import percentiles, quiet
from bench.load.target import Target
from bench.systems import project, temporary_folder
from services.directory.routes.consultants import MAX_SEARCH_LENGTH

CLIENTS = 20
CONSULTANTS = 10_000
SECONDS = 15
QUIET_SECONDS = 20.0
TIMES_QUIET, FAST_MS = 3.0, 50.0
Goal = tuple[str, bool]


def short_searches() -> Iterator[str]:
    """Paths of searches for one word, endlessly."""
    return cycle(f"/consultants?search={quote(word)}&limit=20" for word in dataset.TOPICS)


def long_searches(client: int) -> Iterator[str]:
    """Paths of searches of the greatest length, for words of which most profiles have some; no two
    are alike, so that nothing can be remembered of them.
    """
    for number in count():
        chance = random.Random(client << 32 | number)
        words = chance.choices(dataset.PROSE, k=8) + chance.choices(dataset.TOPICS, k=40)
        text = " ".join(words)[:MAX_SEARCH_LENGTH].strip()
        yield f"/consultants?search={quote(text)}&limit=100"


class Searches:
    """Searches of one kind, sent sequentially by each client until stopped."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self.seconds: list[float] = []
        self.statuses: Counter[int] = Counter()

    async def send(self, paths: Iterator[str]) -> None:
        """Sends searches until cancelled."""
        connection = Connection(self._target.base)
        try:
            for path in paths:
                began = time.perf_counter()
                status, _ = await connection.request("GET", path)
                self.seconds.append(time.perf_counter() - began)
                self.statuses[status] += 1
        finally:
            connection.close()

    async def send_for(self, paths: Iterator[str], seconds: int) -> None:
        """Sends searches for that many seconds."""
        task = asyncio.create_task(self.send(paths))
        done, _ = await asyncio.wait((task,), timeout=seconds)
        task.cancel()
        await asyncio.wait((task,))
        if done:
            task.result()

    def summary(self) -> str:
        """The number of searches, their durations and their response statuses."""
        return (
            f"{len(self.seconds):,} in {percentiles(self.seconds)}, by status {dict(self.statuses)}"
        )


async def measure(target: Target, consultants: int, seconds: int) -> list[Goal]:
    """Measures the short searches alone, and while long ones run."""
    await target.seed(consultants)
    await quiet(QUIET_SECONDS)
    await Searches(target).send_for(short_searches(), 2)  # everything is warm
    baseline, beside, long = Searches(target), Searches(target), Searches(target)
    await baseline.send_for(short_searches(), seconds)
    crowd = [asyncio.create_task(long.send(long_searches(number))) for number in range(CLIENTS)]
    await beside.send_for(short_searches(), seconds)
    for task in crowd:
        task.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)
    print(f"  short, alone   {baseline.summary()}")
    print(f"  short, beside  {beside.summary()}")
    print(f"  long           {long.summary()}")
    return list(goals(baseline, beside))


def goals(baseline: Searches, beside: Searches) -> Iterator[Goal]:
    """The row's goals and whether they are met."""
    before, after = (percentiles(one.seconds)["p95_ms"] for one in (baseline, beside))
    if before is None or after is None:
        yield "no short search was answered", False
        return
    most = max(TIMES_QUIET * before, FAST_MS)
    yield (
        f"short search beside {CLIENTS} clients with long ones: p95 {after:.1f} ms, alone"
        f" {before:.1f} ms (at most {most:.1f})",
        after <= most,
    )
    refused = sum(beside.statuses.values()) - beside.statuses[200]
    yield f"{refused} short searches refused meanwhile (none)", refused == 0


def run(consultants: int = CONSULTANTS, seconds: int = SECONDS) -> Iterator[Goal]:
    """The row's goals and whether they are met."""
    with temporary_folder() as folder, project(folder) as target:
        yield from asyncio.run(measure(target, consultants, seconds))
