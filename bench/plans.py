"""The statements whose cost must not grow with the tables, and their query plans."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any, cast
from uuid import UUID

import asyncpg
import msgspec

from services.booking.domain.model import Actor, Status
from services.booking.jobs.sweeps import sweeps
from services.booking.queries.availability import free_slots, own_slots
from services.booking.queries.bookings import booking_for, bookings_of, timeline_for
from services.booking.settings import BookingSettings
from services.payments.jobs.sweep import sweep as money_sweep
from services.payments.queries.lists import history_of, payouts_of
from services.payments.queries.totals import earnings_of, spending_of
from services.payments.reconcile import balance, checkpoints, own_tables, stripe_objects
from services.payments.stripe_api import Stripe
from shared.auth import User
from shared.clock import now
from shared.db import Database, Reader
from shared.problems import Problem
from shared.reader import Query
from shared.settings import load

# Tables that grow with every booking: none may be scanned sequentially.
GROWING = frozenset(
    {
        "bookings",
        "availability_slots",
        "timeline",
        "presences",
        "payments",
        "payouts",
        "ledger_entries",
        "operations",
    }
)


class Recorder:
    """Replaces a Reader and its Database: records the statements and returns no rows."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, tuple[Any, ...]]] = []

    @property
    def reader(self) -> Reader:
        """The recorder itself, in place of Database.reader."""
        return cast(Reader, self)

    async def rows(self, query: Query | str, *arguments: Any, **named: Any) -> list[Any]:
        """Records one statement."""
        if isinstance(query, Query):
            self.statements.append((query.sql, tuple(query.arguments(named))))
        else:
            self.statements.append((query, arguments))
        return []

    async def row(self, query: Query | str, *arguments: Any, **named: Any) -> None:
        """Records one statement."""
        await self.rows(query, *arguments, **named)

    value = row


Read = Callable[[Reader], Awaitable[Any]]
_NO_STRIPE = cast(Stripe, None)  # a recorder finds no rows, so it is never called


def watched(seeker: UUID, consultant: UUID, booking: UUID) -> dict[str, Read]:
    """Reads by name, for these users and this booking."""
    user = User(seeker, "seeker", "Ada", "Byron")
    confirmed = [Status.CONFIRMED]
    return {
        "dashboard": lambda r: bookings_of(r, seeker, Actor.SEEKER, [], 20, None),
        "dashboard of a consultant": lambda r: bookings_of(
            r, consultant, Actor.CONSULTANT, confirmed, 20, None
        ),
        "booking": lambda r: booking_for(r, booking, user),
        "timeline": lambda r: timeline_for(r, booking, user, 20, None),
        "own times": lambda r: own_slots(r, consultant, None, None, 20, None),
        "free times": lambda r: free_slots(r, consultant, None, None, 20, None),
        "history": lambda r: history_of(r, seeker, 20, None),
        "payouts": lambda r: payouts_of(r, consultant, 20, None),
        "spending": lambda r: spending_of(r, seeker, None, None),
        "earnings": lambda r: earnings_of(r, consultant, None, None),
        **_compared(booking),
    }


def _compared(booking: UUID) -> dict[str, Read]:
    """The statements of the daily reconciliation with Stripe."""
    at = now()
    since = at - timedelta(days=1)

    async def changed(reader: Reader) -> None:
        async for _ in stripe_objects.changed_payments(reader, since):
            pass

    return {
        "changed payments": changed,
        "figures": lambda r: own_tables.of_bookings(r, [booking]),
        # Except the postings of each day, which are stored next to each other and found by a BRIN
        # index.
        "stuck": lambda r: own_tables.differences(r, at, at),
        "debts": lambda r: own_tables.debts(r, at),
        "lines": lambda r: balance.of_bookings(r, _NO_STRIPE, balance.Lines(), [booking], since),
        "total": checkpoints.total,
    }


def booking_sweeps() -> dict[str, Callable[[Database], Awaitable[bool]]]:
    """Booking's sweeps over deadlines, by name."""
    settings = load(BookingSettings, {"DATABASE_URL": "postgresql://", "AMQP_URL": "amqp://"})
    return {name: partial(sweep.run, wake=_wake_nobody) for name, sweep in sweeps(settings).items()}


def _wake_nobody() -> None:
    """No job of this process waits for the result of a sweep."""


async def statements(
    seeker: UUID, consultant: UUID, booking: UUID
) -> dict[str, tuple[str, tuple[Any, ...]]]:
    """All monitored statements by name."""
    found: dict[str, tuple[str, tuple[Any, ...]]] = {}

    def keep(name: str, recorder: Recorder) -> None:
        for number, statement in enumerate(recorder.statements):
            found[name if number == 0 else f"{name} ({number + 1})"] = statement

    for name, read in watched(seeker, consultant, booking).items():
        recorder = Recorder()
        with contextlib.suppress(Problem):  # a recorder finds no rows
            await read(recorder.reader)
        keep(name, recorder)
    for name, job in {**booking_sweeps(), "money-sweep": money_sweep}.items():
        recorder = Recorder()
        await job(cast(Database, recorder))
        keep(name, recorder)
    return found


class Plan(msgspec.Struct):
    """A statement's plan: the indexes that it uses, and the tables that it scans sequentially."""

    indexes: set[str]
    scanned: set[str]

    def __str__(self) -> str:
        used = ", ".join(sorted(self.indexes)) or "no index"
        return f"{used}; reads all of {', '.join(sorted(self.scanned))}" if self.scanned else used


async def plan_of(connection: asyncpg.Connection, sql: str, arguments: tuple[Any, ...]) -> Plan:
    """The plan for these arguments."""
    return _plan(await connection.fetchval(f"explain (format json) {sql}", *arguments))


async def generic_plan_of(
    connection: asyncpg.Connection, sql: str, arguments: tuple[Any, ...]
) -> Plan:
    """The plan for any arguments, which PostgreSQL may choose once it has planned a statement five
    times, and always uses where `Database.plan_once` was called. Within a transaction.
    """
    nulls = f"({', '.join(['null'] * len(arguments))})" if arguments else ""
    await connection.execute("set local plan_cache_mode = force_generic_plan")
    await connection.execute(f"prepare planned as {sql}")
    try:
        return _plan(await connection.fetchval(f"explain (format json) execute planned{nulls}"))
    finally:
        await connection.execute("deallocate planned")
        await connection.execute("set local plan_cache_mode = auto")


def _plan(explained: str) -> Plan:
    plan = Plan(set(), set())
    nodes = [json.loads(explained)[0]["Plan"]]
    while nodes:
        node = nodes.pop()
        nodes.extend(node.get("Plans", ()))
        if "Index Name" in node:
            plan.indexes.add(node["Index Name"])
        if node["Node Type"] in ("Seq Scan", "Parallel Seq Scan"):
            plan.scanned.add(node["Relation Name"])
    return plan
