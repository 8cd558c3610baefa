"""`make bench ARGS=presence`: the cost of the heartbeats of 500 concurrent sessions.

Both parties' pages of every session send a heartbeat every ten seconds through the gateway, spread
evenly over time. Measures the CPU of all processes involved, including the database, compared with
the same stack at rest, and the database's writes per heartbeat.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

import asyncpg

from bench.load.client import Connection, Refused
from bench.load.meter import Meter, percentiles, quiet
from bench.load.scenarios import half_hours, paired
from bench.load.target import Person, Target
from bench.systems import project, temporary_folder

SESSIONS = 500
PAIRS = 25
EVERY = 10.0  # seconds between two heartbeats of a page, as in web/src/features/presence
SECONDS = 30
IDLE_SECONDS = 15
CONNECTIONS = 16
MAX_CPU_SHARE = 0.05
# The statistics are complete when this many readings, a second apart, are equal.
QUIET_READINGS = 4
PARTS = ("gateway", "booking", "postgres")
WRITES = """
select n_tup_upd as updates, n_tup_hot_upd as in_place, n_tup_ins + n_tup_del as others
from pg_stat_user_tables where schemaname = 'booking' and relname = 'presences'
"""
Page = tuple[str, Person]  # the path of a session's presence, and one of its parties


def confirm(seeker: Person, consultant: Person, slot: str) -> Any:
    """Creates a confirmed booking of that slot and returns the pages of its session."""

    async def work(connection: Connection) -> list[Page]:
        body = {"consultant_id": consultant.id, "slot_id": slot}
        booking = await connection.call(
            "POST", "/bookings", body, authorization=seeker.authorization
        )
        path = f"/bookings/{booking['id']}"
        await connection.call("POST", f"{path}/accept", authorization=consultant.authorization)
        end = time.monotonic() + 60
        while booking["status"] != "confirmed":
            if time.monotonic() > end:
                raise Refused(f"{path} is {booking['status']}")
            await asyncio.sleep(0.2)
            booking = await connection.call("GET", path, authorization=seeker.authorization)
        return [(f"{path}/presence", seeker), (f"{path}/presence", consultant)]

    return work


async def pages_of(target: Target) -> list[Page]:
    """Both pages of every session."""
    times = list(islice(half_hours(), SESSIONS // PAIRS))
    offers = await target.bookable(PAIRS, times)
    seekers = await target.each([target.seeker] * PAIRS)
    work = [
        confirm(seeker, consultant, slot)
        for which in range(len(times))
        for (consultant, _), seeker, slot in paired(offers, seekers, which)
    ]
    return [page for pages in await target.each(work, at_once=8) for page in pages]


async def beat(target: Target, pages: list[Page]) -> list[float]:
    """Sends heartbeats of all pages for SECONDS, evenly spread; returns the duration of each, in
    seconds.
    """
    took: list[float] = []
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait(Connection(target.base))

    async def one(path: str, by: Person) -> None:
        connection = await free.get()
        began = time.perf_counter()
        try:
            await connection.call("POST", path, {"state": "here"}, authorization=by.authorization)
            took.append(time.perf_counter() - began)
        finally:
            free.put_nowait(connection)

    gap = EVERY / len(pages)
    began = time.monotonic()
    tasks = []
    for number in range(int(SECONDS / gap)):
        await asyncio.sleep(max(0.0, began + number * gap - time.monotonic()))
        tasks.append(asyncio.create_task(one(*pages[number % len(pages)])))
    await asyncio.gather(*tasks)
    while not free.empty():
        free.get_nowait().close()
    return took


async def writes(target: Target) -> dict[str, int]:
    """The statistics of table presences so far."""
    connection = await asyncpg.connect(target.database)
    try:
        # Backends report their statistics after a moment of idleness, late on a busy machine.
        seen: list[dict[str, int]] = []
        while len(seen) < QUIET_READINGS or seen[-1] != seen[-QUIET_READINGS]:
            await asyncio.sleep(1)
            seen.append(dict(await connection.fetchrow(WRITES)))
        return seen[-1]
    finally:
        await connection.close()


async def measure(target: Target) -> Iterator[tuple[str, bool]]:
    """Runs all measurements, with their goals."""
    pages = await pages_of(target)
    await beat(target, pages)  # the rows exist, and everything is warm
    await quiet(20.0)
    pids = {part: target.pids[part] for part in PARTS}
    with Meter(pids) as idle:
        await asyncio.sleep(IDLE_SECONDS)
    before = await writes(target)
    with Meter(pids) as meter:
        took = await beat(target, pages)
    after = await writes(target)
    count = len(took)
    share = {
        part: meter.cpu_seconds[part] / meter.seconds - idle.cpu_seconds[part] / idle.seconds
        for part in PARTS
    }
    total = sum(share.values())
    updates = after["updates"] - before["updates"]
    others = after["others"] - before["others"]
    in_place = after["in_place"] - before["in_place"]
    print(f"  {len(pages)} pages, {count} heartbeats in {meter.seconds:.1f} s: {percentiles(took)}")
    for part, used in share.items():
        print(
            f"  {part:9} {used:6.2%} of a core, {used * meter.seconds / count * 1e6:5.0f} µs each"
        )
    print(f"  {updates} row updates, {in_place} of them in place, {others} other row changes")
    return iter(
        [
            (f"{total:.2%} of a core, at most {MAX_CPU_SHARE:.0%}", total <= MAX_CPU_SHARE),
            (f"{updates} updates for {count} heartbeats", updates == count and others == 0),
        ]
    )


def run() -> Iterator[tuple[str, bool]]:
    """The row's goals and whether they are met."""
    with temporary_folder() as folder, project(folder) as target:
        yield from asyncio.run(measure(target))
