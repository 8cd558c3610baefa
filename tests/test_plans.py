"""Queries of users and scheduled jobs on years of bookings use an index, and so does every
statement of the services that plan each one once for any arguments.

The tables contain a few thousand rows; the planner is told that they contain ten million.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from types import ModuleType
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import Delete, Select, TextClause, Update

from bench.plans import GROWING, Plan, generic_plan_of, plan_of, statements
from bench.ten_million import write_history
from shared import idempotency, inbox, leases, outbox, pruning, publisher
from shared.ids import new_id
from shared.reader import Query
from shared.testing import Infrastructure

BOOKINGS, EACH, SCALE = 2_000, 10, 5_000
EXPECTED = {
    "dashboard": "ix_bookings_seeker",
    "dashboard of a consultant": "ix_bookings_consultant",
    "booking": "bookings_pkey",
    "timeline": "ix_timeline_booking",
    "timeline (2)": "bookings_pkey",
    "own times": "ix_availability_slots_times",
    "free times": "ix_availability_slots_times",
    "history": "ix_payments_seeker_id",
    "payouts": "ix_payments_consultant_id",
    "spending": "ix_payments_seeker_id",
    "earnings": "ix_payments_consultant_id",
    "changed payments": "ix_payments_updated_at",
    "figures": "ix_ledger_entries_booking_id",
    "figures (2)": "payments_pkey",
    "stuck": "ix_payments_undecided",
    "stuck (2)": "ix_payments_waiting",
    "stuck (3)": "ix_operations_due",
    "stuck (4)": "ix_stripe_events_failed",
    "debts": "ix_payments_debts",
    "debts (2)": "ix_payouts_pending",
    "lines": "ix_ledger_entries_booking_id",
    "total": "ledger_checkpoints_pkey",
    "total (2)": "ledger_entries_pkey",
    "expire-requests": "ix_bookings_unanswered",
    "lapse-unauthorised": "ix_bookings_unauthorised",
    "lapse-unpaid": "ix_bookings_unpaid",
    "miss-sessions": "ix_bookings_unstarted",
    "end-sessions": "ix_bookings_unended",
    "expire-proposals": "ix_bookings_proposals",
    "miss-absent-parties": "ix_bookings_sessions",
    "money-sweep": "ix_payments_waiting ix_payments_undecided",
    "money-sweep (2)": "ix_payouts_pending",
    "money-sweep (3)": "ix_payments_unsettled",
}


# The services that call `Database.plan_once` and have tables that grow.
PLANNED_ONCE = ("booking", "payments")
SHARED = (idempotency, inbox, leases, outbox, pruning, publisher)


@pytest.fixture(scope="module")
async def history(
    infrastructure: Infrastructure,
) -> AsyncIterator[tuple[asyncpg.Connection, tuple[UUID, UUID]]]:
    """A connection that sees years of bookings, and their seeker and consultant."""
    admin = await asyncpg.connect(infrastructure.admin_url)
    transaction = admin.transaction()
    await transaction.start()  # and never committed: nothing of this is seen by another test
    try:
        seeker, consultant = new_id(), new_id()
        await write_history(admin, BOOKINGS, [seeker], [consultant], EACH)
        await admin.execute(
            "update pg_class set reltuples = reltuples * $1 where reltuples > 0"
            " and relnamespace in ('booking'::regnamespace, 'payments'::regnamespace)",
            SCALE,
        )
        # What holds no rows here is unknown, not empty: a table that autovacuum has found empty
        # would be read as a whole.
        await admin.execute(
            "update pg_class set reltuples = -1, relpages = 0 where reltuples = 0 and relkind = 'r'"
            " and relnamespace in ('booking'::regnamespace, 'payments'::regnamespace)"
        )
        yield admin, (seeker, consultant)
    finally:
        await transaction.rollback()
        await admin.close()


@pytest.fixture(scope="module")
async def plans(
    history: tuple[asyncpg.Connection, tuple[UUID, UUID]],
) -> dict[str, tuple[Plan, Plan]]:
    """The database's plans for each watched statement, by name: for its arguments, and for any."""
    admin, (seeker, consultant) = history
    booking = await admin.fetchval(
        "select id from booking.bookings where seeker_id = $1 limit 1", seeker
    )
    asked = await statements(seeker, consultant, booking)
    return {
        name: (await plan_of(admin, *statement), await generic_plan_of(admin, *statement))
        for name, statement in asked.items()
    }


def test_every_statement_that_is_watched_has_a_plan_that_is_expected(
    plans: dict[str, tuple[Plan, Plan]],
) -> None:
    assert set(plans) == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_what_grows_is_read_along_an_index(plans: dict[str, tuple[Plan, Plan]], name: str) -> None:
    for plan in plans[name]:
        assert set(EXPECTED[name].split()) <= plan.indexes, str(plan)
        assert not plan.scanned & GROWING, str(plan)


@pytest.mark.parametrize("service", PLANNED_ONCE)
async def test_no_declared_statement_reads_all_of_what_grows(
    history: tuple[asyncpg.Connection, tuple[UUID, UUID]], service: str
) -> None:
    admin, _ = history
    declared = dict(_declared(service))
    assert len(declared) > 20
    await admin.execute(f"set local search_path = {service}, public")
    bad = {
        name: str(plan)
        for name, sql in declared.items()
        if (plan := await generic_plan_of(admin, sql, _nulls(sql))).scanned & GROWING
    }
    assert bad == {}


def _declared(service: str) -> Iterator[tuple[str, str]]:
    """The statements that are constants of the service's modules, with the names of these."""
    for module in (*_modules_of(service), *SHARED):
        for name, value in vars(module).items():
            items = value.values() if isinstance(value, Mapping) else [value]
            for number, item in enumerate(items):
                query = _query_of(item)
                # With a list as a parameter, its text depends on the length of the list.
                if query is not None and "POSTCOMPILE" not in query.sql:
                    yield f"{module.__name__}.{name}[{number}]", query.sql


def _modules_of(service: str) -> Iterator[ModuleType]:
    package = importlib.import_module(f"services.{service}")
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not re.search(r"\.(tests|migrations|__main__)\b", module.name):
            yield importlib.import_module(module.name)


def _query_of(value: object) -> Query | None:
    """A constant's statement; None if it is none, or only a part that others complete."""
    if isinstance(value, Query):
        return value
    if isinstance(value, Select | Update | Delete):
        return Query(value) if value.whereclause is not None else None
    return Query(value) if isinstance(value, TextClause) else None


def _nulls(sql: str) -> tuple[None, ...]:
    return (None,) * max((int(number) for number in re.findall(r"\$(\d+)", sql)), default=0)
