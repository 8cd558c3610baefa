"""Slots are generated from weekly rules as the horizon moves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest

from services.booking.jobs.rules import BATCH, rules_job
from services.booking.tests.conftest import Market
from services.booking.tests.test_weekly_rules import DAY, PATH, body, put, slots
from shared import clock
from shared.events import UserDeactivated


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    """The clock at noon. While a window is open, its slot has begun today and is not whole at the
    end of the horizon, so that there is one slot fewer than days.
    """
    at = clock.now()
    noon = at.replace(hour=12, minute=0, second=0, microsecond=0)
    with clock.shifted((noon - at) % timedelta(days=1)):
        yield


async def test_horizon_moves_on_by_itself(market: Market) -> None:
    await put(market, body(("09:00", "10:00"), horizon_days=3))
    before = {slot["id"] for slot in await slots(market)}
    with clock.shifted(2 * DAY):
        while await market.run_job("extend-rules"):
            pass
        after = await slots(market)
        assert len(after) == 3
        assert len(before & {slot["id"] for slot in after}) >= 1
        assert await market.run_job("extend-rules") is False


async def test_rules_of_a_closed_account_are_not_extended(market: Market) -> None:
    await put(market, body(("09:00", "10:00"), horizon_days=3))
    await market.consultant_event(UserDeactivated)
    count = "select count(*) as number from availability_slots"
    [before] = await market.harness.sql(count)
    with clock.shifted(2 * DAY):
        assert await market.run_job("extend-rules") is False
    assert await market.harness.sql(count) == [before]


async def test_rules_that_cannot_be_extended_hold_up_nobody_else(market: Market) -> None:
    await put(market, body(("09:00", "10:00"), horizon_days=3))
    other = market.someone("consultant")
    answer = await market.harness.put(PATH, user=other, json=body(("09:00", "10:00")))
    assert answer.status_code == 200
    broken = """
        update availability_rules set extended_at = extended_at - interval '1 day',
            rules = jsonb_set(rules, '{time_zone}', '"Mars/Olympus"') where consultant_id = $1
    """
    await market.harness.sql(broken, other.id)
    with clock.shifted(2 * DAY):
        while await market.run_job("extend-rules"):
            pass
        assert len(await slots(market)) == 3


async def test_whole_batch_of_rules_that_cannot_be_extended_holds_up_nobody_else(
    market: Market,
) -> None:
    await put(market, body(("09:00", "10:00"), horizon_days=3))
    broken = """
        insert into availability_rules
        select (jsonb_populate_record(one, jsonb_build_object(
            'consultant_id', gen_random_uuid(),
            'extended_at', one.extended_at - interval '1 day',
            'rules', jsonb_set(one.rules, '{time_zone}', '"Mars/Olympus"')
        ))).*
        from availability_rules one, generate_series(1, $1)
    """
    await market.harness.sql(broken, BATCH)
    with clock.shifted(2 * DAY):
        while await market.run_job("extend-rules"):
            pass
        assert len(await slots(market)) == 3


async def test_rules_whose_slots_have_become_too_short_give_no_more_and_say_so(
    market: Market,
) -> None:
    await put(market, body(("09:00", "10:00"), horizon_days=3))
    before = {slot["id"] for slot in await slots(market)}
    state = market.harness.app.state
    state.settings = msgspec.structs.replace(state.settings, minimum_slot_seconds=5400)
    job = rules_job(market.harness.database, state.settings.shortest_slot)
    with clock.shifted(2 * DAY):
        while await job.work():
            pass
        assert {slot["id"] for slot in await slots(market)} < before
    [warning] = (await market.harness.get(PATH, user=market.consultant)).json()["warnings"]
    assert warning == (
        "Slots of 60 minutes are shorter than the minimum, which is now 90 minutes: these rules"
        " generate no more."
    )
    refused = await market.harness.put(PATH, user=market.consultant, json=body(("09:00", "10:00")))
    assert [error["field"] for error in refused.json()["errors"]] == ["slot_minutes"]
