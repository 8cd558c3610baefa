"""Commands that publish free time and ratings again, for services that have lost events."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.booking import announce_free_time, announce_ratings
from services.booking.commands import announcements
from services.booking.jobs import free_time
from services.booking.jobs.free_time import PAUSE
from services.booking.tests.conftest import Market
from shared import clock
from shared.events import AvailabilityChanged, ProfileUpdated, RatingReplied, SessionRated

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcements, "ANNOUNCED_AT_ONCE", 1)
    monkeypatch.setattr(free_time, "GATHER_SECONDS", 0)


async def test_free_time_is_published_again_as_it_is(market: Market) -> None:
    await market.offer((DAY, DAY + HOUR))
    await market.run_job("publish-free-time")
    (first,) = await market.harness.emitted(AvailabilityChanged)
    settings = market.harness.service.settings
    for number in (1, 2):
        assert await announce_free_time.announce(settings) == 1
        with clock.shifted(2 * number * PAUSE):
            await market.run_job("publish-free-time")
        _, *again = await market.harness.emitted(AvailabilityChanged)
        assert [event.free for event in again] == [first.free] * number


async def test_ratings_are_published_again_with_their_replies(market: Market) -> None:
    for score in (4, 5):
        with clock.shifted(score * DAY):
            booking = await market.completed()
            path = f"/bookings/{booking['id']}/rating"
            rated = await market.harness.post(path, user=market.seeker, json={"score": score})
        assert rated.status_code == 201
    replied = await market.harness.post(
        f"{path}/reply", user=market.consultant, json={"body": "Thank you."}
    )
    assert replied.status_code == 201
    first = await market.harness.emitted(SessionRated)
    (reply,) = await market.harness.emitted(RatingReplied)
    await market.harness.sql("delete from outbox")
    assert await announce_ratings.announce(market.harness.service.settings) == 2
    again = await market.harness.emitted(SessionRated)
    assert [one.republished for one in again] == [True, True]
    assert {(one.booking_id, one.score, one.rated_at) for one in again} == {
        (one.booking_id, one.score, one.rated_at) for one in first
    }
    (reply_again,) = await market.harness.emitted(RatingReplied)
    assert reply_again.republished
    assert (reply_again.body, reply_again.replied_at) == (reply.body, reply.replied_at)


async def test_lost_price_is_restored_by_the_profile_published_again(market: Market) -> None:
    read = "select hourly_rate, currency from consultant_prices"
    before = [tuple(row) for row in await market.harness.sql(read)]
    await market.harness.sql("delete from consultant_prices")
    ((hourly_rate, currency),) = before
    for _ in range(2):
        await market.harness.deliver(
            ProfileUpdated(
                consultant_id=market.consultant.id, hourly_rate=hourly_rate, currency=currency
            )
        )
        assert [tuple(row) for row in await market.harness.sql(read)] == before
