"""Weekly rules through the API: the slots generated from them, and the limits on requests."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from services.booking.tests.conftest import Market, instant
from shared import clock
from shared.events import BookingRequested

PATH = "/consultants/me/availability/rules"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EVERY_DAY = range(1, 8)


def body(*windows: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {
        "time_zone": "UTC",
        "weekly": [
            {"weekday": day, "start": start, "end": end}
            for day in EVERY_DAY
            for start, end in windows
        ],
        "slot_minutes": 60,
        "buffer_minutes": 0,
        "minimum_notice_minutes": 0,
        "horizon_days": 7,
        "daily_limit": None,
        "exceptions": [],
        **more,
    }


async def put(market: Market, rules: dict[str, Any]) -> Any:
    answer = await market.harness.put(PATH, user=market.consultant, json=rules)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def slots(market: Market, user: Any = None) -> list[dict[str, Any]]:
    """The public list of free slots, or all of the consultant's own."""
    path = "/consultants/me" if user else f"/consultants/{market.consultant.id}"
    answer = await market.harness.get(f"{path}/availability", user=user, params={"limit": 100})
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def tomorrow(hour: int) -> datetime:
    return datetime.combine(clock.now().date() + DAY, datetime.min.time(), UTC) + hour * HOUR


async def test_rules_make_slots_up_to_their_horizon(market: Market) -> None:
    sent = body(("09:00", "11:00"), ("22:00", "24:00"))
    given = await put(market, sent)
    assert {name: given[name] for name in sent} == sent
    free = await slots(market)
    assert given["slots"] == len(free)
    assert 25 <= len(free) <= 28
    assert given["next_slot"] == free[0]["start_time"]
    assert given["warnings"] == []
    assert {slot["start_time"][11:16] for slot in free} == {"09:00", "10:00", "22:00", "23:00"}
    assert instant(free[-1]["end_time"]) <= clock.now() + 7 * DAY
    read = await market.harness.get(PATH, user=market.consultant)
    assert (read.status_code, read.json()) == (200, given)


async def test_without_rules_there_is_nothing_to_read_or_remove(market: Market) -> None:
    for method in ("GET", "DELETE"):
        answer = await market.harness.request(method, PATH, user=market.consultant)
        assert (answer.status_code, answer.json()["code"]) == (404, "no_rules")


async def test_slot_of_the_old_and_the_new_rules_stays_the_same(market: Market) -> None:
    await put(market, body(("09:00", "11:00")))
    before = {slot["start_time"]: slot["id"] for slot in await slots(market)}
    await put(market, body(("10:00", "12:00")))
    after = {slot["start_time"]: slot["id"] for slot in await slots(market)}
    shared = before.keys() & after.keys()
    assert {start[11:16] for start in shared} == {"10:00"}
    assert all(before[start] == after[start] for start in shared)
    assert {start[11:16] for start in after} == {"10:00", "11:00"}


async def test_booked_slots_and_slots_made_by_hand_stay(market: Market) -> None:
    by_hand = await market.slot(2 * DAY)
    await put(market, body(("00:00", "24:00")))
    free = await slots(market)
    overlapping = [
        slot
        for slot in free
        if slot["id"] != by_hand["id"]
        and instant(slot["start_time"]) < instant(by_hand["end_time"])
        and instant(slot["end_time"]) > instant(by_hand["start_time"])
    ]
    assert overlapping == []  # the hand wins
    booked = (await market.request(free[5])).json()
    removed = await market.harness.delete(PATH, user=market.consultant)
    assert removed.status_code == 204
    left = {slot["id"] for slot in await slots(market, market.consultant)}
    assert left == {by_hand["id"], booked["slot_id"]}


async def test_buffers_are_kept_around_bookings(market: Market) -> None:
    await put(market, body(("09:00", "12:00")))
    start = tomorrow(10)
    [slot] = [s for s in await slots(market) if instant(s["start_time"]) == start]
    await market.request(slot)
    await put(market, body(("09:00", "12:00"), buffer_minutes=30))
    left = {instant(s["start_time"]) for s in await slots(market)}
    assert {at for at in left if at.date() == start.date()} == set()  # 09:00 and 10:30 are too near
    assert start + DAY + HOUR / 2 in left


async def test_what_is_too_near_a_booking_is_offered_again_when_it_is_off(market: Market) -> None:
    await put(market, body(("09:00", "10:00"), ("10:00", "11:00"), buffer_minutes=15))
    before = await slots(market)
    [nine] = [s for s in before if instant(s["start_time"]) == tomorrow(9)]
    [ten] = [s for s in before if instant(s["start_time"]) == tomorrow(10)]
    booking = (await market.request(nine)).json()
    assert ten not in await slots(market)
    await market.do("decline", booking, market.consultant)
    assert ten in await slots(market)


async def test_full_day_is_not_offered(market: Market) -> None:
    await put(market, body(("09:00", "12:00"), daily_limit=1))
    free = [s for s in await slots(market) if instant(s["start_time"]).date() == tomorrow(0).date()]
    booking = (await market.request(free[0])).json()
    days = {instant(s["start_time"]).date() for s in await slots(market)}
    assert tomorrow(0).date() not in days
    assert tomorrow(24).date() in days
    await market.do("decline", booking, market.consultant)
    assert free[1] in await slots(market)


async def test_a_booking_carries_its_pause(market: Market) -> None:
    """Enforced by the constraint: two adjacent slots created by hand cannot both be booked."""
    await put(market, body(buffer_minutes=15, weekly=[]))
    first, second, third = await market.offer(
        (DAY, DAY + HOUR),
        (DAY + HOUR, DAY + 2 * HOUR),
        (DAY + 2 * HOUR + timedelta(minutes=15), DAY + 3 * HOUR),
    )
    assert (await market.request(second, by=market.someone("seeker"))).status_code == 201
    near = await market.request(first, by=market.someone("seeker"))
    assert (near.status_code, near.json()["code"]) == (409, "slot_unavailable")
    assert (await market.request(third, by=market.someone("seeker"))).status_code == 201


async def test_neighbours_asked_for_at_once_are_not_both_booked(market: Market) -> None:
    await put(market, body(buffer_minutes=15, weekly=[]))
    pair = await market.offer((DAY, DAY + HOUR), (DAY + HOUR, DAY + 2 * HOUR))
    answers = await asyncio.gather(
        *(market.request(slot, by=market.someone("seeker")) for slot in pair * 3)
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5


async def test_slot_that_is_nearer_than_the_notice_is_not_offered(market: Market) -> None:
    await put(market, body(("00:00", "24:00"), minimum_notice_minutes=24 * 60))
    everything, offered = await slots(market, market.consultant), await slots(market)
    assert instant(offered[0]["start_time"]) >= clock.now() + DAY
    assert instant(everything[0]["start_time"]) < instant(offered[0]["start_time"])
    answer = await market.request(everything[0])
    assert (answer.status_code, answer.json()["code"]) == (409, "slot_unavailable")
    assert (await market.request(offered[0])).status_code == 201


async def test_slots_of_the_answer_are_those_that_can_be_requested(market: Market) -> None:
    """Not those within the minimum notice, next to a booking, or on a full day."""
    rules = body(
        ("00:00", "24:00"), minimum_notice_minutes=36 * 60, buffer_minutes=30, daily_limit=1
    )
    await put(market, rules)
    free = await slots(market)
    assert instant(free[0]["start_time"]) >= clock.now() + 36 * HOUR
    await market.request(free[0])
    left = await slots(market)
    read = (await market.harness.get(PATH, user=market.consultant)).json()
    assert (read["slots"], read["next_slot"]) == (len(left), left[0]["start_time"])
    assert await put(market, rules) == read
    never = await put(market, rules | {"minimum_notice_minutes": 8 * 24 * 60})
    assert (never["slots"], never["next_slot"], len(never["warnings"])) == (0, None, 1)


async def test_as_many_sessions_as_a_day_takes(market: Market) -> None:
    """Forty concurrent requests for a day with a limit of three; the next day has three more."""
    await put(market, body(("00:00", "24:00"), slot_minutes=30, daily_limit=3))
    day = tomorrow(0).date()
    of_day = [s for s in await slots(market) if instant(s["start_time"]).date() == day][:40]
    answers = await asyncio.gather(
        *(market.request(slot, by=market.someone("seeker")) for slot in of_day)
    )
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [201] * 3 + [409] * 37
    assert len(await market.harness.emitted(BookingRequested)) == 3
    next_day = [s for s in await slots(market) if instant(s["start_time"]).date() == day + DAY]
    assert (await market.request(next_day[0], by=market.someone("seeker"))).status_code == 201


async def test_same_key_is_kept_where_a_transaction_is_needed(market: Market) -> None:
    await put(market, body(("00:00", "24:00"), daily_limit=1))
    slot = (await slots(market))[30]
    wish = {"consultant_id": slot["consultant_id"], "slot_id": slot["id"]}
    first, again = [
        await market.harness.post(
            "/bookings", user=market.seeker, json=wish, headers={"idempotency-key": "k"}
        )
        for _ in range(2)
    ]
    assert (first.status_code, first.json()) == (201, again.json())


async def test_rules_that_give_nothing_are_accepted_and_say_so(market: Market) -> None:
    given = await put(market, body(("09:00", "09:30")))
    assert (given["slots"], given["next_slot"]) == (0, None)
    assert "no free slot" in given["warnings"][0]


async def test_at_most_2000_free_slots(market: Market) -> None:
    by_hand = await market.offer((DAY, DAY + HOUR), (2 * DAY, 2 * DAY + HOUR))
    always = body(("00:00", "24:00"), slot_minutes=15, horizon_days=365)
    refused = await market.harness.put(PATH, user=market.consultant, json=always)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_slots")
    assert len(await slots(market)) == len(by_hand)
    given = await put(market, body(("00:00", "24:00"), slot_minutes=15, horizon_days=20))
    assert given["slots"] in range(1_900, 2_000 - len(by_hand) + 1)
    more = [
        {"start_time": tomorrow(hour).isoformat(), "end_time": tomorrow(hour + 1).isoformat()}
        for hour in range(2400, 2520)
    ]
    answer = await market.harness.post(
        "/consultants/me/availability", user=market.consultant, json={"slots": more}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_slots")
