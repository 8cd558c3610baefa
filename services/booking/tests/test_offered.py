"""What is shown can be requested, what a booking has held comes back as the rules have it now, and
a booking that moves keeps the consultant's limits.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.booking.domain.outcome import ABSENT_AFTER
from services.booking.jobs.rules import EVERY
from services.booking.jobs.sweeps import sweeps
from services.booking.tests.conftest import Market, instant
from services.booking.tests.test_weekly_rules import DAY, HOUR, PATH, body, put, slots, tomorrow
from shared import clock
from shared.events import AvailabilityChanged

QUARTER = timedelta(minutes=15)


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def at_hour(market: Market, hour: float, of: Any = None) -> dict[str, Any]:
    """The slot that starts tomorrow at that hour."""
    start = tomorrow(0) + hour * HOUR
    [slot] = [one for one in await slots(market, of) if instant(one["start_time"]) == start]
    return slot


async def hours(market: Market) -> list[float]:
    """When tomorrow's slots start, as anybody sees them."""
    starts = [instant(one["start_time"]) for one in await slots(market)]
    return [(at - tomorrow(0)) / HOUR for at in starts if at.date() == tomorrow(0).date()]


async def extend(market: Market) -> None:
    while await market.run_job("extend-rules"):
        pass


async def confirmed(market: Market, slot: dict[str, Any]) -> dict[str, Any]:
    booking = (await market.request(slot)).json()
    await market.do("accept", booking, market.consultant)
    await market.harness.deliver(market.authorized(booking))
    return await market.read(booking)


async def propose(market: Market, booking: dict[str, Any], slot: dict[str, Any]) -> Any:
    return await market.do("reschedule", booking, market.seeker, slot_id=slot["id"])


# ---- shown as it can be requested


async def assert_shown_is_what_can_be_requested(market: Market, own: list[dict[str, Any]]) -> None:
    shown = {one["id"] for one in await slots(market)}
    for slot in own:
        answer = await market.request(slot, by=market.someone("seeker"))
        assert answer.status_code == (201 if slot["id"] in shown else 409), slot
        if answer.status_code == 201:
            await market.do("decline", answer.json(), market.consultant)


async def assert_explained(market: Market, own: list[dict[str, Any]]) -> None:
    """A reason for each slot that is not shown, and none for those that are."""
    shown = {one["id"] for one in await slots(market)}
    for slot in own:
        answer = await market.harness.get(
            "/consultants/me/availability/explain",
            user=market.consultant,
            params={"at": slot["start_time"]},
        )
        assert answer.json()["offered"] is (slot["id"] in shown), answer.text


@pytest.mark.parametrize("later", ["the same pause", "no pause", "no rules", "a longer pause"])
async def test_neighbours_in_the_pause_of_a_booking_by_hand(market: Market, later: str) -> None:
    """A booking carries the pause of its day, and that of the rules holds where it is longer."""
    await put(market, body(buffer_minutes=15, weekly=[]))
    starts = (DAY, DAY + HOUR, DAY + 2 * HOUR + QUARTER, DAY + 4 * HOUR)
    own = await market.offer(*((start, start + HOUR) for start in starts))
    await market.request(own[1])
    if later == "no pause":
        await put(market, body(weekly=[]))
    elif later == "no rules":
        await market.harness.delete(PATH, user=market.consultant)
    elif later == "a longer pause":
        await put(market, body(buffer_minutes=30, weekly=[]))
    shown = [one["id"] for one in await slots(market)]
    before_it = [own[0]["id"]] if later in ("no pause", "no rules") else []
    after_it = [] if later == "a longer pause" else [own[2]["id"]]
    assert shown == [*before_it, *after_it, own[3]["id"]]
    await assert_explained(market, own)
    await assert_shown_is_what_can_be_requested(market, own)


async def test_notice_is_asked_for_slots_made_by_hand_too(market: Market) -> None:
    await put(market, body(weekly=[], minimum_notice_minutes=90))
    own = await market.offer((HOUR, 2 * HOUR), (2 * HOUR, 3 * HOUR))
    assert [one["id"] for one in await slots(market)] == [own[1]["id"]]
    await assert_shown_is_what_can_be_requested(market, own)


async def test_proposed_time_counts_for_its_day(market: Market) -> None:
    await put(market, body(("09:00", "12:00"), daily_limit=1))
    await market.offer((20 * DAY, 20 * DAY + HOUR))
    [far] = (await slots(market))[-1:]
    booking = await confirmed(market, far)
    assert (await propose(market, booking, await at_hour(market, 9))).status_code == 202
    assert await hours(market) == []
    ten = await at_hour(market, 10, market.consultant)
    answer = await market.request(ten, by=market.someone("seeker"))
    assert refusal(answer) == (409, "slot_unavailable")
    explained = await market.harness.get(
        "/consultants/me/availability/explain",
        user=market.consultant,
        params={"at": ten["start_time"]},
    )
    assert [one["code"] for one in explained.json()["reasons"]] == ["daily_limit"]
    await market.do("reschedule/withdraw", booking, market.seeker)
    assert await hours(market) == [9, 10, 11]


async def test_forty_seekers_at_once_for_the_last_places_of_a_day(market: Market) -> None:
    await put(market, body(("00:00", "20:00"), slot_minutes=30, daily_limit=3))
    of_day = [one for one in await slots(market) if instant(one["start_time"]).date()
              == tomorrow(0).date()]  # fmt: skip
    await market.request(of_day[0])
    assert len(of_day) == 40
    seekers = [market.someone("seeker") for _ in of_day]
    answers = await asyncio.gather(
        *(market.request(slot, by=by) for slot, by in zip(of_day, seekers, strict=True))
    )
    assert sorted(answer.status_code for answer in answers) == [201] * 2 + [409] * 38
    assert await hours(market) == []


# ---- what comes back


@pytest.mark.parametrize("verb", ["decline", "cancel", "expire", "move"])
async def test_slot_of_former_rules_makes_way_for_those_of_today(market: Market, verb: str) -> None:
    await put(market, body(("09:00", "12:00")))
    booking = (await market.request(await at_hour(market, 10))).json()
    await put(market, body(("09:00", "12:00"), slot_minutes=45, horizon_days=8))
    assert await hours(market) == [9, 11.25]
    if verb == "decline":
        await market.do("decline", booking, market.consultant)
    elif verb == "cancel":
        await market.do("cancel", booking, market.seeker)
    elif verb == "move":
        [by_hand] = await market.offer((20 * DAY, 20 * DAY + HOUR))
        assert (await propose(market, booking, by_hand)).status_code == 202
    else:
        await market.harness.sql("update bookings set respond_by = now()")
        one = sweeps(market.harness.app.state.settings)["expire-requests"]
        await one.run(market.harness.database, lambda: None)
    assert await hours(market) == [9, 9.75, 10.5, 11.25]


async def test_slot_of_today_keeps_its_id_when_its_booking_is_off(market: Market) -> None:
    await put(market, body(("09:00", "12:00")))
    slot = await at_hour(market, 10)
    booking = (await market.request(slot)).json()
    await market.do("decline", booking, market.consultant)
    assert (await at_hour(market, 10))["id"] == slot["id"]


async def test_slot_made_by_hand_gives_way_when_it_is_withdrawn(market: Market) -> None:
    start = tomorrow(9) + HOUR / 2
    times = {"start_time": start.isoformat(), "end_time": (start + HOUR).isoformat()}
    answer = await market.harness.post(
        "/consultants/me/availability", user=market.consultant, json={"slots": [times]}
    )
    await put(market, body(("09:00", "12:00")))
    assert await hours(market) == [9.5, 11]
    path = f"/consultants/me/availability/{answer.json()['items'][0]['id']}"
    assert (await market.harness.delete(path, user=market.consultant)).status_code == 204
    assert await hours(market) == [9, 10, 11]


async def test_withdrawn_slot_stays_withdrawn(market: Market) -> None:
    await put(market, body(("09:00", "12:00")))
    slot = await at_hour(market, 10)
    path = f"/consultants/me/availability/{slot['id']}"
    await market.harness.delete(path, user=market.consultant)
    assert await hours(market) == [9, 11]
    with clock.shifted(EVERY):
        await extend(market)
    assert await hours(market) == [9, 11]
    await put(market, body(("09:00", "12:00"), horizon_days=9))
    assert await hours(market) == [9, 11]
    await market.harness.delete(PATH, user=market.consultant)
    await put(market, body(("09:00", "12:00")))
    assert await hours(market) == [9, 10, 11]


async def test_time_that_was_withdrawn_can_be_offered_by_hand(market: Market) -> None:
    await put(market, body(("09:00", "12:00")))
    slot = await at_hour(market, 10)
    path = f"/consultants/me/availability/{slot['id']}"
    await market.harness.delete(path, user=market.consultant)
    times = {name: slot[name] for name in ("start_time", "end_time")}
    answer = await market.harness.post(
        "/consultants/me/availability", user=market.consultant, json={"slots": [times]}
    )
    assert answer.status_code == 201
    assert await hours(market) == [9, 10, 11]


async def test_missed_session_frees_its_day_and_free_time_is_published(
    market: Market,
) -> None:
    await put(market, body(("09:00", "12:00"), daily_limit=1))
    booking, ten = await confirmed(market, await at_hour(market, 9)), tomorrow(10)
    ahead = instant(booking["scheduled_start"]) - clock.now()
    with clock.shifted(ahead):
        await market.do("presence", booking, market.consultant, state="here")
        await market.run_job("publish-free-time")
    with clock.shifted(ahead + ABSENT_AFTER):
        before = await market.harness.emitted(AvailabilityChanged)
        absent = sweeps(market.harness.app.state.settings)["miss-absent-parties"]
        await absent.run(market.harness.database, lambda: None)
        await market.run_job("publish-free-time")
        after = await market.harness.emitted(AvailabilityChanged)
    assert len(after) == len(before) + 1
    assert (before[-1].free[0].start_time, after[-1].free[0].start_time) == (ten + DAY - HOUR, ten)


@pytest.mark.parametrize("buffer_first", [True, False])
async def test_session_that_ends_early_frees_the_pause_and_free_time_is_published(
    market: Market, buffer_first: bool
) -> None:
    evening, nine = ("20:00", "21:00"), tomorrow(9) - clock.now()
    await put(market, body(evening, buffer_minutes=60 if buffer_first else 0))
    slot, paused = await market.offer((nine, nine + HOUR), (nine + HOUR, nine + 2 * HOUR))
    booking = await confirmed(market, slot)
    await put(market, body(evening, buffer_minutes=60))
    with clock.shifted(nine):
        await market.do("start", booking, market.seeker)
        await market.run_job("publish-free-time")
        before = (await market.harness.emitted(AvailabilityChanged))[-1]
    with clock.shifted(nine + QUARTER):
        await market.do("end", booking, market.consultant)
        await market.run_job("publish-free-time")
        after = (await market.harness.emitted(AvailabilityChanged))[-1]
    assert before.free[0].start_time > instant(paused["start_time"])
    assert after.free[0].start_time == instant(paused["start_time"])


async def test_cancellations_and_new_rules_at_once(market: Market) -> None:
    await put(market, body(("09:00", "15:00")))
    made = [await market.request(await at_hour(market, h), by=market.someone("seeker"))
            for h in range(9, 14)]  # fmt: skip
    await asyncio.gather(
        put(market, body(("09:00", "15:00"), slot_minutes=45)),
        *(market.do("decline", one.json(), market.consultant) for one in made),
        put(market, body(("09:00", "15:00"), slot_minutes=30)),
    )
    await put(market, body(("09:00", "15:00"), slot_minutes=90))
    assert await hours(market) == [9, 10.5, 12, 13.5]
