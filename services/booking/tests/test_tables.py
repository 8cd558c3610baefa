"""The database's own constraints."""

from datetime import timedelta

import asyncpg
import pytest

from services.booking.tests.conftest import Market
from shared import clock
from shared.ids import new_id


async def test_the_database_refuses_overlapping_slots_of_one_consultant(market: Market) -> None:
    insert = (
        "insert into availability_slots values ($1, $2, $3::timestamptz,"
        " $3::timestamptz + interval '30 min', false, now(), now())"
    )
    ada, grace, at = new_id(), new_id(), clock.now()
    await market.harness.sql(insert, new_id(), ada, at)
    # touching is not overlapping
    await market.harness.sql(insert, new_id(), ada, at + timedelta(minutes=30))
    await market.harness.sql(insert, new_id(), grace, at)
    with pytest.raises(asyncpg.ExclusionViolationError):
        await market.harness.sql(insert, new_id(), ada, at + timedelta(minutes=59))


@pytest.mark.parametrize("whose", ["seeker_id", "consultant_id"])
async def test_the_database_refuses_two_live_bookings_at_once(market: Market, whose: str) -> None:
    booking = await market.requested()
    columns = [row["column_name"] for row in await market.harness.sql(
        "select column_name from information_schema.columns"
        " where table_schema = 'booking' and table_name = 'bookings'"
    )]  # fmt: skip
    others = [c for c in columns if c not in ("id", "seeker_id", "consultant_id")]
    other = "consultant_id" if whose == "seeker_id" else "seeker_id"
    copy = (
        f"insert into bookings (id, {whose}, {other}, {', '.join(others)})"
        f" select gen_random_uuid(), {whose}, gen_random_uuid(), {', '.join(others)}"
        " from bookings where id = $1"
    )
    with pytest.raises(asyncpg.ExclusionViolationError):
        await market.harness.sql(copy, booking["id"])
    await market.do("decline", booking, market.consultant)
    await market.harness.sql(copy, booking["id"])  # what has ended is in nobody's way


async def test_the_timeline_cannot_be_rewritten(market: Market) -> None:
    await market.requested()
    for statement in ("update timeline set event = 'x'", "delete from timeline"):
        with pytest.raises(asyncpg.RaiseError, match="append-only"):
            await market.harness.sql(statement)


async def test_a_failed_payment_without_a_deadline_is_refused(market: Market) -> None:
    booking = await market.accepted()
    with pytest.raises(asyncpg.CheckViolationError):
        await market.harness.sql(
            "update bookings set status = 'payment_failed' where id = $1", booking["id"]
        )
