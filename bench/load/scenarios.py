"""The scenarios: reads with wrk, writes by clients that send the next request after each
response.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench.load import dataset
from bench.load.client import Connection, Refused
from bench.load.meter import Meter, percentiles, quiet, summary_of
from bench.load.target import Person, Target

CLIENTS = 16
LOOP_CLIENTS = 4
POLL_SECONDS = 0.01
WARM_UP_SECONDS = 2
LUA = Path(__file__).with_name("paths.lua")
QUIET_SECONDS = 20.0  # how long a measurement waits, at most, for the machine to become idle
Work = Callable[[Connection], Awaitable[int]]


class Load:
    """Runs scenarios against one target for `seconds` each."""

    def __init__(self, target: Target, seconds: int) -> None:
        if not 1 <= seconds <= 120:
            raise ValueError("a scenario runs for 1 to 120 seconds")
        self.target, self.seconds = target, seconds

    async def run(self, scenario: str) -> dict[str, Any]:
        """The figures of one scenario."""
        return await SCENARIOS[scenario](self)

    # ---- reads

    async def me(self) -> dict[str, Any]:
        """GET /users/me."""
        people = await self.target.people("seeker", 10)
        return await self._read(["/users/me"], [person.authorization for person in people])

    async def profile(self) -> dict[str, Any]:
        """One consultant's profile."""
        return await self._read([f"/consultants/{id}/profile" for id in self._some()])

    async def listing(self) -> dict[str, Any]:
        """The first page of the directory in the default order."""
        return await self._read(["/consultants?limit=20"])

    async def search(self) -> dict[str, Any]:
        """Searches for words of all kinds in the directory."""
        words = map(quote, dataset.searches())
        return await self._read([f"/consultants?search={word}&limit=20" for word in words])

    async def availability(self) -> dict[str, Any]:
        """A consultant's free slots."""
        return await self._read([f"/consultants/{id}/availability" for id in self._some()])

    def _some(self) -> list[str]:
        return self.target.consultants[:1000]

    async def _read(
        self, paths: list[str], authorizations: list[str] | None = None
    ) -> dict[str, Any]:
        await quiet(QUIET_SECONDS)
        lines = [
            f"{path} {authorization}" for path in paths for authorization in authorizations or [""]
        ]
        with tempfile.NamedTemporaryFile("w", suffix=".paths") as file:
            file.write("\n".join(lines))
            file.flush()
            await self._wrk(file.name, WARM_UP_SECONDS)
            with Meter(self.target.pids) as meter:
                figures = await self._wrk(file.name, self.seconds)
        result = summary_of(meter, [], figures["errors"])
        total = sum(meter.cpu_seconds.values())
        result |= {name: figures[name] for name in ("requests", "p50_ms", "p95_ms", "p99_ms")}
        result["rps"] = round(figures["requests"] / figures["seconds"], 1)
        result["req_per_cpu_s"] = round(figures["requests"] / total, 1) if total else None
        return result

    async def _wrk(self, paths: str, seconds: int) -> dict[str, Any]:
        command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "-s", str(LUA), self.target.base]
        done = await asyncio.to_thread(
            subprocess.run,
            [*command, "--", paths],
            capture_output=True,
            text=True,
            check=True,
            timeout=seconds + 60,
        )
        figures: dict[str, Any] = json.loads(done.stdout.rpartition("RESULT ")[2])
        return figures

    # ---- writes

    async def book(self) -> dict[str, Any]:
        """POST /bookings: each seeker requests non-overlapping slots, one after the other."""
        times = list(islice(half_hours(), 200))
        consultants = await self.target.bookable(40, times)
        seekers = await self.target.people("seeker", 80)
        work = iter(
            request_work(seeker, consultant, slot)
            for which in range(len(times))
            for (consultant, slots), seeker, slot in paired(consultants, seekers, which)
        )
        return await self._write(CLIENTS, [work] * CLIENTS)

    async def loop(self) -> dict[str, Any]:
        """Whole bookings by pairs of users: request, accept, confirmed, start, end."""
        times = list(islice(half_hours(), 100))
        pairs = await self.target.bookable(LOOP_CLIENTS, times)
        seekers = await self.target.each([self.target.seeker] * LOOP_CLIENTS)
        steps: dict[str, list[float]] = defaultdict(list)
        work = [
            iter([_whole(seeker, consultant, slot, steps) for slot in slots])
            for (consultant, slots), seeker in zip(pairs, seekers, strict=True)
        ]
        result = await self._write(LOOP_CLIENTS, work, seconds=max(self.seconds, 60))
        polls = steps.pop("polls", [])
        result["extra"] = {name: percentiles(values) for name, values in steps.items()}
        result["extra"]["polls"] = round(statistics.mean(polls), 2) if polls else None
        return result

    async def _write(
        self, clients: int, work: list[Iterator[Work]], seconds: int | None = None
    ) -> dict[str, Any]:
        await quiet(QUIET_SECONDS)
        durations: list[float] = []
        errors = 0
        end = time.monotonic() + (seconds or self.seconds)

        async def client(jobs: Iterator[Work]) -> None:
            nonlocal errors
            connection = Connection(self.target.base)
            for job in jobs:
                began = time.perf_counter()
                try:
                    await job(connection)
                    durations.append(time.perf_counter() - began)
                except (Refused, OSError) as error:
                    errors += 1
                    if errors <= 3:
                        print(f"  {self.target.label}: {error}", flush=True)
                if time.monotonic() > end:
                    break
            connection.close()

        with Meter(self.target.pids) as meter:
            await asyncio.gather(*(client(jobs) for jobs in work[:clients]))
        return summary_of(meter, durations, errors)


def half_hours() -> Iterator[tuple[str, str]]:
    """Consecutive half hours from the day after tomorrow on."""
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    while True:
        end = start + timedelta(minutes=30)
        yield start.isoformat(), end.isoformat()
        start = end


def paired(
    consultants: list[tuple[Person, list[str]]], seekers: list[Person], which: int
) -> Iterator[tuple[tuple[Person, list[str]], Person, str]]:
    """Every consultant's slot number `which`, each with its own seeker."""
    turned = islice(cycle(seekers), which, None)
    for offer, seeker in zip(consultants, turned, strict=False):
        yield offer, seeker, offer[1][which]


def request_work(seeker: Person, consultant: Person, slot: str) -> Work:
    """Requests that slot as the seeker."""

    async def work(connection: Connection) -> int:
        body = {"consultant_id": consultant.id, "slot_id": slot}
        await connection.call("POST", "/bookings", body, authorization=seeker.authorization)
        return 1

    return work


def _whole(seeker: Person, consultant: Person, slot: str, steps: dict[str, list[float]]) -> Work:
    async def work(connection: Connection) -> int:
        async def timed(step: str, method: str, path: str, by: Person, body: object = None) -> Any:
            began = time.perf_counter()
            answer = await connection.call(method, path, body, authorization=by.authorization)
            steps[step].append(time.perf_counter() - began)
            return answer

        wanted = {"consultant_id": consultant.id, "slot_id": slot}
        booking = await timed("request", "POST", "/bookings", seeker, wanted)
        path = f"/bookings/{booking['id']}"
        accepted = time.perf_counter()
        booking = await timed("accept", "POST", f"{path}/accept", consultant)
        polls = 0
        while booking["status"] != "confirmed":
            if booking["status"] != "accepted" or time.perf_counter() > accepted + 20:
                raise Refused(f"{path} is {booking['status']}: {booking['payment_failure']}")
            await asyncio.sleep(POLL_SECONDS)
            booking = await connection.call("GET", path, authorization=seeker.authorization)
            polls += 1
        steps["accept_to_confirmed"].append(time.perf_counter() - accepted)
        steps["polls"].append(polls)
        await timed("start", "POST", f"{path}/start", seeker)
        await timed("end", "POST", f"{path}/end", consultant)
        return 1

    return work


SCENARIOS: dict[str, Callable[[Load], Awaitable[dict[str, Any]]]] = {
    "me": Load.me,
    "profile": Load.profile,
    "list": Load.listing,
    "search": Load.search,
    "availability": Load.availability,
    "book": Load.book,
    "loop": Load.loop,
}
