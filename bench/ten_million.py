"""`make bench ARGS=ten_million`: requests and scheduled jobs take as long with ten million bookings
as with ten thousand.

Two stacks run side by side, one with a short history and one with a long one, and are measured
alternately, so that other load on the machine affects both. `--size` shortens the long one.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from bench.load.client import Connection
from bench.load.meter import percentiles, quiet
from bench.load.scenarios import half_hours, paired
from bench.load.target import Person, Target
from bench.plans import booking_sweeps, plan_of, statements
from bench.systems import ROOT, project, temporary_folder
from services.payments.jobs.sweep import sweep as money_sweep
from shared.db import Database

SHORT, LONG = 10_000, 10_000_000
EACH = 100
PEOPLE = 20
ROUNDS, RECONCILIATIONS = 10, 3
AT_MOST = 1.5
HISTORY = Path(__file__).with_name("history.sql")
Durations = dict[str, list[float]]


async def write_history(
    admin: asyncpg.Connection,
    bookings: int,
    seekers: Sequence[UUID],
    consultants: Sequence[UUID],
    each: int = EACH,
) -> None:
    """Writes that many bookings and all related rows in the caller's transaction. `seekers` and
    `consultants` are users with accounts who take part; every consultant has `each` bookings, a
    seeker a fifth of that.
    """
    for name, value in {
        "bookings": str(bookings),
        "each": str(each),
        "seekers": _array(seekers),
        "consultants": _array(consultants),
    }.items():
        await admin.execute("select set_config($1, $2, true)", f"history.{name}", value)
    await admin.execute(HISTORY.read_text(), timeout=4 * 3600)


def _array(ids: Sequence[UUID]) -> str:
    return "{" + ",".join(map(str, ids)) + "}"


class System(msgspec.Struct):
    """A running stack with its history and its active users."""

    target: Target
    folder: Path
    bookings: int
    seekers: list[Person]
    offers: list[tuple[Person, list[str]]]
    durations: Durations


async def prepare(target: Target, folder: Path, bookings: int) -> System:
    """Registers users, writes the history, and waits for the database to settle."""
    offers = await target.bookable(PEOPLE, list(islice(half_hours(), ROUNDS)))
    seekers = await target.people("seeker", PEOPLE)
    admin = await asyncpg.connect(target.database)
    began = time.monotonic()
    async with admin.transaction():
        await write_history(
            admin,
            bookings,
            [UUID(person.id) for person in seekers],
            [UUID(person.id) for person, _ in offers],
        )
    for table in ("booking.bookings", "booking.timeline", "payments.payments", "payments.payouts"):
        await admin.execute(f"vacuum {table}", timeout=3600)
    await admin.close()
    print(f"  {bookings:,} bookings written in {time.monotonic() - began:.0f} s", flush=True)
    return System(target, folder, bookings, seekers, offers, defaultdict(list))


# ---- one round


async def measure_people(system: System, which: int) -> None:
    """Each seeker and consultant once: they view everything, one books, the other accepts."""
    connection = Connection(system.target.base)

    async def timed(
        name: str, person: Person, path: str, method: str = "GET", body: object = None
    ) -> Any:
        began = time.perf_counter()
        answer = await connection.call(method, path, body, authorization=person.authorization)
        system.durations[name].append(time.perf_counter() - began)
        return answer

    for (consultant, _), seeker, slot in paired(system.offers, system.seekers, which):
        found = await timed("a seeker's dashboard", seeker, "/bookings/me")
        await timed("a consultant's dashboard", consultant, "/bookings/me?status=confirmed")
        path = f"/bookings/{found['items'][-1]['id']}"
        await timed("a booking", seeker, path)
        await timed("a timeline", seeker, f"{path}/timeline")
        await timed("history", seeker, "/payments/history")
        await timed("payouts", consultant, "/payments/payouts")
        await timed("summary", consultant, "/payments/summary")
        wanted = {"consultant_id": consultant.id, "slot_id": slot}
        booking = await timed("book", seeker, "/bookings", "POST", wanted)
        await timed("accept", consultant, f"/bookings/{booking['id']}/accept", "POST")
    connection.close()


async def measure_sweeps(system: System) -> None:
    """Every sweep once, as the services run them, without due rows, which the services have
    processed.
    """
    database = Database(system.target.database, pool_size=2)
    jobs: dict[str, Callable[[Database], Awaitable[bool]]] = {
        **booking_sweeps(),
        "money-sweep": money_sweep,
    }
    for job in jobs.values():
        began = time.perf_counter()
        await job(database)
        system.durations["sweeps"].append(time.perf_counter() - began)
    await database.close()


async def reconcile(system: System) -> float:
    """`make reconcile` of one day, as an operator runs it; how many seconds it takes."""
    programs = json.loads((system.folder / "project" / "programs.json").read_text())
    command = [sys.executable, "-m", "services.payments.reconcile", "--days", "1"]
    began = time.perf_counter()
    done = await asyncio.to_thread(
        subprocess.run,
        command,
        cwd=ROOT,
        env=programs["payments"]["environment"],
        capture_output=True,
        text=True,
        timeout=3600,
    )
    if done.returncode > 1:  # 1: differences, such as a payment in progress
        raise RuntimeError(f"reconciliation failed: {done.stderr[-1000:]}")
    return time.perf_counter() - began


async def show_plans(system: System) -> None:
    """Prints the plans of the monitored statements."""
    admin = await asyncpg.connect(system.target.database)
    seeker, (consultant, _) = system.seekers[0], system.offers[0]
    found: UUID = await admin.fetchval(
        "select id from booking.bookings where seeker_id = $1 limit 1", UUID(seeker.id)
    )
    asked = await statements(UUID(seeker.id), UUID(consultant.id), found)
    for name, (sql, arguments) in asked.items():
        print(f"  {name:26} {await plan_of(admin, sql, arguments)}")
    await admin.close()


async def measure(short: System, long: System) -> None:
    """All rounds, the two systems alternately."""
    for system in (short, long):
        consultants = [person for person, _ in system.offers]
        slots = [ids for _, ids in system.offers]
        consultants = await system.target.sign_in_again(consultants)
        system.offers = list(zip(consultants, slots, strict=True))
        system.seekers = await system.target.sign_in_again(system.seekers)
    await quiet(20.0)
    for which in range(ROUNDS):
        for system in (short, long):
            await measure_people(system, which)
            await measure_sweeps(system)
    for system in (short, long):
        # Adds up the whole ledger: of a history that was not written at once, each day's comparison
        # has left the sum until then.
        first = await reconcile(system)
        print(
            f"  first reconciliation with {system.bookings:,} bookings: {first:.1f} s", flush=True
        )
    for _ in range(RECONCILIATIONS):
        for system in (short, long):
            system.durations["reconciliation of a day"].append(await reconcile(system))
    await show_plans(long)


async def _all(targets: Sequence[tuple[Target, Path, int]]) -> list[System]:
    systems = [await prepare(*one) for one in targets]
    await measure(*systems)
    return systems


def goals(short: System, long: System) -> Iterator[tuple[str, bool]]:
    """p95 of each measurement, compared with the short history."""
    for name, durations in long.durations.items():
        before = percentiles(short.durations[name])["p95_ms"] or 0.0
        after = percentiles(durations)["p95_ms"] or 0.0
        yield (
            f"{name}: p95 {after:.1f} ms with {long.bookings:,} bookings, {before:.1f} ms with"
            f" {short.bookings:,}; at most {AT_MOST}×",
            after <= AT_MOST * before,
        )


def run(size: int = LONG) -> Iterator[tuple[str, bool]]:
    """The row's goals and whether they are met. `size` is the number of bookings of the long
    history.
    """
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(temporary_folder())
        targets = []
        for name, bookings in (("short", SHORT), ("long", size)):
            place = folder / name
            place.mkdir(mode=0o755)
            targets.append((stack.enter_context(project(place)), place, bookings))
        yield from goals(*asyncio.run(_all(targets)))
