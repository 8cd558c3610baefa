"""Slots that were free but not offered: those who wait hear of them once they are offered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.booking import announce_free_time
from services.booking.jobs import free_time
from services.booking.tests.conftest import Market
from services.booking.tests.test_waitlist import notified, wait
from services.booking.tests.test_weekly_rules import PATH as RULES
from services.booking.tests.test_weekly_rules import body, put, tomorrow
from shared import clock
from shared.auth import User

pytestmark = pytest.mark.usefixtures("known_consultant")
EVENING = ("20:00", "21:00")
HOUR = timedelta(hours=1)
LIMITS: list[dict[str, int]] = [{"daily_limit": 1}, {"buffer_minutes": 60}]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(free_time, "GATHER_SECONDS", 0)
    monkeypatch.setattr(free_time, "PAUSE", timedelta())
    monkeypatch.setattr(free_time, "PAUSE_PER_SLOT", timedelta())


async def notified_by_now(market: Market) -> list[tuple[Any, str]]:
    """Publishes free time; returns who was notified so far, of which slots."""
    await market.run_job("publish-free-time")
    return await notified(market)


async def two_slots(market: Market) -> list[dict[str, Any]]:
    """Tomorrow at about nine and ten o'clock, offered by hand."""
    nine = tomorrow(9) - clock.now()
    return await market.offer((nine, nine + HOUR), (nine + HOUR, nine + 2 * HOUR))


async def waiting(market: Market) -> User:
    """Somebody who waits for the second of the two; it is no news to them yet."""
    user, nine = market.someone("seeker"), tomorrow(9) - clock.now()
    answer = await wait(market, user, nine + HOUR / 2, nine + 3 * HOUR)
    assert answer.status_code == 201
    assert await notified_by_now(market) == []
    return user


@pytest.mark.parametrize("limit", LIMITS)
async def test_end_of_the_booking_that_hid_it(market: Market, limit: dict[str, int]) -> None:
    await put(market, body(EVENING, **limit))
    first, hidden = await two_slots(market)
    booking = (await market.request(first)).json()
    user = await waiting(market)
    await market.do("decline", booking, market.consultant)
    assert await notified_by_now(market) == [(user.id, hidden["id"])]


async def test_slot_revealed_but_not_yet_published_is_nobodys_turn_and_then_announced_once(
    market: Market,
) -> None:
    await put(market, body(EVENING, daily_limit=1))
    line = [(await waiting(market)).id, (await waiting(market)).id]
    first, hidden = await two_slots(market)
    booking = (await market.request(first)).json()
    assert await notified_by_now(market) == []
    await market.do("decline", booking, market.consultant)
    assert await notified(market) == []  # the job runs before the publication
    assert await notified_by_now(market) == [(line[0], hidden["id"])]
    with clock.shifted(HOUR / 2 + timedelta(minutes=1)):
        assert await notified_by_now(market) == [(user, hidden["id"]) for user in line]


async def test_slot_hidden_before_that_was_recorded_is_announced_after_free_time_was_queued(
    market: Market,
) -> None:
    await put(market, body(EVENING, daily_limit=1))
    first, hidden = await two_slots(market)
    booking = (await market.request(first)).json()
    user = await waiting(market)
    await market.harness.sql("update availability_slots set is_hidden = false")  # as after 0014
    assert await announce_free_time.announce(market.harness.service.settings) == 1
    assert await notified_by_now(market) == []
    await market.do("decline", booking, market.consultant)
    assert await notified_by_now(market) == [(user.id, hidden["id"])]


@pytest.mark.parametrize("limit", LIMITS)
async def test_rules_that_no_longer_hide_it(market: Market, limit: dict[str, int]) -> None:
    await put(market, body(EVENING))
    first, hidden = await two_slots(market)
    await market.request(first)
    await put(market, body(EVENING, **limit))
    user = await waiting(market)
    await put(market, body(EVENING))
    assert await notified_by_now(market) == [(user.id, hidden["id"])]


@pytest.mark.parametrize("end", ["replaced", "removed"])
async def test_end_of_a_notice_that_hid_it(market: Market, end: str) -> None:
    await put(market, body(EVENING))
    _, hidden = await two_slots(market)
    await put(market, body(EVENING, minimum_notice_minutes=72 * 60))
    user = await waiting(market)
    if end == "replaced":
        await put(market, body(EVENING))
    else:
        await market.harness.delete(RULES, user=market.consultant)
    assert await notified_by_now(market) == [(user.id, hidden["id"])]
