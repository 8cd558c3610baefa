"""`make bench ARGS=live`: the cost of an open event stream, and its latency.

Opens two thousand streams through the gateway, then creates bookings at a steady rate. Measures
memory per stream in notifications and in the gateway, the time from an event to each client that
receives it, and the CPU of a silent stream compared with that of a polling page.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from bench.load.client import Connection
from bench.load.meter import Meter, percentiles, quiet
from bench.load.scenarios import half_hours, paired, request_work
from bench.load.target import Person, Target
from bench.systems import project, temporary_folder

STREAMS_EACH = 9
CONSULTANTS, SEEKERS = 80, 144
STREAMS = STREAMS_EACH * (CONSULTANTS + SEEKERS)
PER_SECOND, SECONDS = 50, 20
IDLE_SECONDS = 30
POLLS = 500
POLL_EVERY = 5.0  # seconds between two polls of a page without a stream
MAX_BYTES = 50_000
PARTS = ("notifications", "gateway")


class Listener:
    """One stream, read until it is closed."""

    def __init__(self, target: Target, person: Person, delays: list[float]) -> None:
        self._target, self._person, self._delays = target, person, delays
        self._writer: asyncio.StreamWriter | None = None
        self.task: asyncio.Task[None]

    async def open(self) -> None:
        """Opens the stream; returns when it has started."""
        place = urlsplit(self._target.base)
        reader, self._writer = await asyncio.open_connection(place.hostname, place.port)
        head = (
            f"GET /events HTTP/1.1\r\nHost: {place.netloc}\r\n"
            f"Authorization: {self._person.authorization}\r\n\r\n"
        )
        self._writer.write(head.encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in answer.split(b"\r\n", 1)[0]:
            raise RuntimeError(f"no stream: {answer[:200]!r}")
        await reader.readuntil(b": open")
        self.task = asyncio.create_task(self._read(reader))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            if line == b"event: booking.requested\r\n":
                data = json.loads((await reader.readline())[6:])
                at = datetime.fromisoformat(data["at"])
                self._delays.append(time.time() - at.timestamp())

    async def close(self) -> None:
        """Closes the stream."""
        assert self._writer is not None
        self._writer.close()
        await asyncio.gather(self.task, return_exceptions=True)


def memory(target: Target, part: str) -> int:
    """Resident bytes of one program."""
    status = Path(f"/proc/{target.pids[part]}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024


async def open_all(target: Target, people: list[Person]) -> tuple[list[Listener], list[float]]:
    """Opens every user's streams, a few at a time."""
    delays: list[float] = []
    listeners = [Listener(target, person, delays) for person in people for _ in range(STREAMS_EACH)]
    waiting = iter(listeners)

    async def opener() -> None:
        for listener in waiting:
            await listener.open()

    await asyncio.gather(*(opener() for _ in range(8)))
    return listeners, delays


async def cpu_per_poll(target: Target, person: Person) -> float:
    """CPU seconds of one GET of a page's bookings, gateway and service together."""
    connection = Connection(target.base)
    with Meter(target.pids) as meter:
        for _ in range(POLLS):
            await connection.call("GET", "/bookings/me", authorization=person.authorization)
    connection.close()
    return sum(meter.cpu_seconds.get(part, 0.0) for part in ("gateway", "booking")) / POLLS


async def book(target: Target, offers: list[tuple[Person, list[str]]], people: list[Person]) -> int:
    """Requests bookings at a steady rate and returns their number."""
    count = PER_SECOND * SECONDS
    work = iter(
        request_work(seeker, consultant, slot)
        for which in range(len(offers[0][1]))
        for (consultant, slots), seeker, slot in paired(offers, people, which)
    )
    connections = [Connection(target.base) for _ in range(16)]
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for connection in connections:
        free.put_nowait(connection)

    async def one() -> None:
        connection = await free.get()
        try:
            await next(work)(connection)
        finally:
            free.put_nowait(connection)

    began = time.monotonic()
    tasks = []
    for number in range(count):
        await asyncio.sleep(max(0.0, began + number / PER_SECOND - time.monotonic()))
        tasks.append(asyncio.create_task(one()))
    await asyncio.gather(*tasks)
    for connection in connections:
        connection.close()
    return count


async def measure(target: Target) -> Iterator[tuple[str, bool]]:
    """Runs all measurements, with their goals."""
    times = list(islice(half_hours(), PER_SECOND * SECONDS // CONSULTANTS + 1))
    offers = await target.bookable(CONSULTANTS, times)
    seekers = await target.people("seeker", SEEKERS)
    people = [consultant for consultant, _ in offers] + seekers
    per_poll = await cpu_per_poll(target, seekers[0])
    await quiet(20.0)
    before = {part: memory(target, part) for part in PARTS}
    listeners, delays = await open_all(target, people)
    await asyncio.sleep(2)
    each = {part: (memory(target, part) - before[part]) / len(listeners) for part in PARTS}
    with Meter(target.pids) as idle:
        await asyncio.sleep(IDLE_SECONDS)
    silent = sum(idle.cpu_seconds.get(part, 0.0) for part in PARTS) / len(listeners)
    bookings = await book(target, offers, seekers)
    expected = bookings * 2 * STREAMS_EACH
    for _ in range(100):
        if len(delays) >= expected:
            break
        await asyncio.sleep(0.1)
    for listener in listeners:
        await listener.close()
    figures = percentiles(delays)
    print(
        f"  {len(listeners)} streams; {bookings} bookings at {PER_SECOND}/s; {len(delays)} received"
    )
    print(f"  event to client: {figures}")
    stream_minute, poll_minute = silent * 60 / IDLE_SECONDS, per_poll * 60 / POLL_EVERY
    print(
        f"  CPU per user and minute: {stream_minute * 1000:.2f} ms by a silent stream,"
        f" {poll_minute * 1000:.2f} ms by a poll every {POLL_EVERY:.0f} s"
    )
    return iter(
        [
            *(
                (f"{part}: {size / 1000:.1f} kB a stream, at most 50", size <= MAX_BYTES)
                for part, size in each.items()
            ),
            (f"{len(delays)} of {expected} events received", len(delays) == expected),
            (f"p99 {figures['p99_ms']} ms, at most 1,000", (figures["p99_ms"] or 1e9) <= 1000),
        ]
    )


def run() -> Iterator[tuple[str, bool]]:
    """The row's goals and whether they are met."""
    with temporary_folder() as folder, project(folder) as target:
        yield from asyncio.run(measure(target))
