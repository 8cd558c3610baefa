"""Queries of users and scheduled jobs on years of bookings use an index.

The tables contain a few thousand rows; the planner is told that they contain ten million.
"""

from __future__ import annotations

import asyncpg
import pytest

from bench.plans import GROWING, Plan, generic_plan_of, plan_of, statements
from bench.ten_million import write_history
from shared.ids import new_id
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
    "stuck": "ix_payments_waiting ix_payments_undecided",
    "stuck (2)": "ix_operations_due",
    "stuck (3)": "ix_stripe_events_failed",
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


@pytest.fixture(scope="module")
async def plans(infrastructure: Infrastructure) -> dict[str, tuple[Plan, Plan]]:
    """The database's plans for each statement, by name: for its arguments, and for any."""
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
        booking = await admin.fetchval(
            "select id from booking.bookings where seeker_id = $1 limit 1", seeker
        )
        asked = await statements(seeker, consultant, booking)
        return {
            name: (await plan_of(admin, *statement), await generic_plan_of(admin, *statement))
            for name, statement in asked.items()
        }
    finally:
        await transaction.rollback()
        await admin.close()


def test_every_statement_that_is_watched_has_a_plan_that_is_expected(
    plans: dict[str, tuple[Plan, Plan]],
) -> None:
    assert set(plans) == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_what_grows_is_read_along_an_index(plans: dict[str, tuple[Plan, Plan]], name: str) -> None:
    for plan in plans[name]:
        assert set(EXPECTED[name].split()) <= plan.indexes, str(plan)
        assert not plan.scanned & GROWING, str(plan)
