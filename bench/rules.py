"""`make bench ARGS=rules`: the cost of weekly rules, much free time and busy calendars.

Runs booking's own code on its own database, without gateway and broker: the rules of a thousand
consultants over 90 days are expanded into slots and recomputed, the free time of one with 2,000
slots, bookings and 10,000 busy times is read, and a calendar of 10,000 events is parsed.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from typing import Any
from uuid import UUID

import asyncpg

from bench.load.meter import percentiles
from bench.systems import temporary_folder
from deploy.local.postgres import Postgres
from services.booking.busy_calendars.events import busy_times
from services.booking.commands.rules import extend_slots, put_rules
from services.booking.domain.policy import MAX_FREE_SLOTS
from services.booking.domain.rules import Rules, Window, slots_between
from services.booking.queries.availability import free_slots
from services.booking.store.free_time import free_time_of
from shared.auth import User
from shared.clock import now
from shared.db import Database
from shared.ids import new_id
from shared.migrate import migrate
from shared.services import SERVICES

CONSULTANTS = 1_000
DAYS = 90
EVENTS = 10_000
READS = 50
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
SLOTS_PER_SECOND = 2_000
READ_MS, PUBLISH_MS, CALENDAR_SECONDS = 50.0, 250.0, 2.0
Goal = tuple[str, bool]


def rules_of(number: int, **more: Any) -> Rules:
    """Working days from nine to twelve and from one to five, in one of several time zones."""
    mornings, afternoons = Window(9 * 60, 12 * 60), Window(13 * 60, 17 * 60)
    given: dict[str, Any] = {
        "time_zone": ZONES[number % len(ZONES)],
        "weekly": {day: [mornings, afternoons] for day in range(1, 6)},
        "slot_minutes": 60,
        "buffer_minutes": 0,
        "minimum_notice_minutes": 120,
        "horizon_days": DAYS,
        "daily_limit": 6,
        "exceptions": [],
        **more,
    }
    return Rules(**given)


def user(role: str) -> User:
    """A new user."""
    return User(new_id(), role, "Some", "Body")


def computed() -> str:
    """The speed of expanding rules into slots, without a database."""
    at, began = now(), time.perf_counter()
    number = sum(
        len(slots_between(rules_of(one), at, at + timedelta(days=DAYS)))
        for one in range(CONSULTANTS)
    )
    seconds = time.perf_counter() - began
    return f"computed only: {number:,} slots in {seconds:.1f} s, {number / seconds:,.0f} a second"


async def recomputed(database: Database) -> AsyncIterator[Goal]:
    """Rules saved for the first time, recomputed without a change, and changed."""
    people = [user("consultant") for _ in range(CONSULTANTS)]

    async def save(rules: Callable[[int], Rules]) -> None:
        for place, one in enumerate(people):
            async with database.transaction() as db:
                await put_rules(db, by=one, rules=rules(place))

    async def extend() -> None:
        for one in people:
            async with database.transaction() as db:
                await extend_slots(db, one.id)

    def shorter(number: int) -> Rules:
        return rules_of(number, slot_minutes=45)

    steps: tuple[tuple[str, Callable[[], Awaitable[None]]], ...] = (
        ("made", lambda: save(rules_of)),
        ("recomputed", extend),
        ("changed", lambda: save(shorter)),
    )
    for name, work in steps:
        began = time.perf_counter()
        await work()
        seconds = time.perf_counter() - began
        number = await database.reader.value("select count(*) from availability_slots")
        rate = number / seconds
        said = f"{name}: {number:,} slots of {CONSULTANTS:,} consultants, {rate:,.0f} a second"
        yield f"{said} (at least {SLOTS_PER_SECOND:,})", rate >= SLOTS_PER_SECOND


async def with_much_time(database: Database, admin: asyncpg.Connection) -> AsyncIterator[Goal]:
    """Free time of a consultant with the maximum amount of it."""
    one = user("consultant")
    always = {day: [Window(0, 1440)] for day in range(1, 8)}
    rules = rules_of(
        0, weekly=always, slot_minutes=30, horizon_days=41, buffer_minutes=0, daily_limit=40
    )
    async with database.transaction() as db:
        await put_rules(db, by=one, rules=rules)
    number = await database.reader.value(
        "select count(*) from availability_slots where consultant_id = $1", one.id
    )
    await _occupy(admin, one.id)

    async def page() -> None:
        await free_slots(database.reader, one.id, None, None, 100, None)

    async def publication() -> None:
        async with database.transaction() as db:
            await free_time_of(db, one.id, now(), MAX_FREE_SLOTS)

    for name, work, most in (
        ("a page of 100", page, READ_MS),
        ("all of it, as it is published", publication, PUBLISH_MS),
    ):
        slowest = percentiles(await _durations(work))["p95_ms"] or 1e9
        said = f"{number:,} slots, {name}: p95 {slowest:.1f} ms (at most {most:.0f})"
        yield said, slowest <= most


async def _occupy(admin: asyncpg.Connection, consultant_id: UUID) -> None:
    """A year of busy times, each a quarter of an hour."""
    calendar = new_id()
    await admin.execute(
        "insert into booking.busy_calendars (id, consultant_id, name, host, address_encrypted,"
        " created_at, next_read_at)"
        " values ($1, $2, 'A', 'b', 'c', now(), now() + interval '1 day')",
        calendar,
        consultant_id,
    )
    await admin.execute(
        "insert into booking.busy_times (calendar_id, consultant_id, start_time, end_time)"
        " select $1, $2, s, s + interval '15 minutes'"
        " from generate_series(now(), now() + interval '400 days', interval '50 minutes') s"
        " limit 10000",
        calendar,
        consultant_id,
    )
    await admin.execute("analyze booking.busy_times, booking.availability_slots")


async def _durations(work: Callable[[], Awaitable[None]]) -> list[float]:
    found = []
    for _ in range(READS):
        began = time.perf_counter()
        await work()
        found.append(time.perf_counter() - began)
    return found


def calendar_of_many_events() -> Goal:
    """A calendar in Google's export format."""
    at = datetime.combine(now().date(), datetime.min.time(), UTC)
    events = (
        f"BEGIN:VEVENT\r\nDTSTART:{at + timedelta(minutes=50 * n):%Y%m%dT%H%M%SZ}\r\n"
        f"DTEND:{at + timedelta(minutes=50 * n + 30):%Y%m%dT%H%M%SZ}\r\n"
        f"DTSTAMP:20261127T100000Z\r\nUID:{n}@google.com\r\nCREATED:20260101T000000Z\r\n"
        f"DESCRIPTION:What it is about\\, at some length\r\nLAST-MODIFIED:20260101T000000Z\r\n"
        f"LOCATION:\r\nSEQUENCE:0\r\nSTATUS:CONFIRMED\r\nSUMMARY:Event {n}\r\n"
        "TRANSP:OPAQUE\r\nEND:VEVENT\r\n"
        for n in range(EVENTS)
    )
    text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + "".join(events) + "END:VCALENDAR\r\n"
    # In a new process, as in the service. CPU time, because other load on the machine hardly
    # affects it.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as worker:
        seconds = worker.submit(_seconds_of_cpu, text, at).result()
    said = f"calendar of {EVENTS:,} events: {seconds:.2f} s of CPU (at most {CALENDAR_SECONDS:.0f})"
    return said, seconds <= CALENDAR_SECONDS


def _seconds_of_cpu(text: str, at: datetime) -> float:
    began = time.process_time()
    busy_times(text.encode(), "Europe/Berlin", at, at + timedelta(days=367))
    return time.process_time() - began


async def measure(url: str) -> list[Goal]:
    """Runs all measurements on an empty server."""
    host = url.rpartition("@")[2]
    urls = {name: f"postgresql://{name}:{secrets.token_hex(8)}@{host}" for name in SERVICES}
    await migrate(url, urls)
    admin = await asyncpg.connect(url)
    database = Database(urls["booking"], name="bench")
    try:
        found = [goal async for goal in recomputed(database)]
        found += [goal async for goal in with_much_time(database, admin)]
    finally:
        await database.close()
        await admin.close()
    return found


def run() -> Iterator[Goal]:
    """The row's goals and whether they are met."""
    with temporary_folder() as folder:
        server = Postgres(folder / "postgres").start()
        try:
            print(f"  {computed()}")
            yield calendar_of_many_events()
            yield from asyncio.run(measure(server.url))
        finally:
            server.stop(delete=True)
