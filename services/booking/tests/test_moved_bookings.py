"""A rescheduled booking respects the consultant's limits."""

from __future__ import annotations

import asyncio

from services.booking.tests.conftest import Market, instant
from services.booking.tests.test_offered import at_hour, confirmed, propose, refusal
from services.booking.tests.test_weekly_rules import DAY, HOUR, body, put, slots


async def test_move_within_a_full_day_needs_no_room(market: Market) -> None:
    await put(market, body(("09:00", "12:00"), daily_limit=1))
    booking = await confirmed(market, await at_hour(market, 9))
    eleven = await at_hour(market, 11, market.consultant)
    assert (await propose(market, booking, eleven)).status_code == 202
    done = await market.do("reschedule/accept", booking, market.consultant)
    assert done.json()["slot_id"] == eleven["id"]


async def test_move_to_a_full_day_is_refused(market: Market) -> None:
    await put(market, body(("09:00", "12:00"), daily_limit=1))
    booking = await confirmed(market, (await slots(market))[-1])
    await market.request(await at_hour(market, 9), by=market.someone("seeker"))
    ten = await at_hour(market, 10, market.consultant)
    assert refusal(await propose(market, booking, ten)) == (409, "slot_unavailable")


async def test_move_keeps_the_notice(market: Market) -> None:
    await put(market, body(weekly=[], minimum_notice_minutes=120))
    near, far, later = await market.offer(
        (HOUR, 2 * HOUR), (3 * DAY, 3 * DAY + HOUR), (4 * DAY, 4 * DAY + HOUR)
    )
    booking = await confirmed(market, far)
    assert refusal(await propose(market, booking, near)) == (409, "slot_unavailable")
    assert (await propose(market, booking, later)).status_code == 202


async def test_move_keeps_the_pause_of_others_and_not_its_own(market: Market) -> None:
    await put(market, body(buffer_minutes=15, weekly=[]))
    own = await market.offer(*((DAY + n * HOUR, DAY + (n + 1) * HOUR) for n in range(5)))
    await market.request(own[0], by=market.someone("seeker"))
    booking = await confirmed(market, own[3])
    assert refusal(await propose(market, booking, own[1])) == (409, "slot_unavailable")
    assert (await propose(market, booking, own[2])).status_code == 202


async def test_move_to_a_busy_time_is_refused(market: Market) -> None:
    there, here = await market.offer((DAY, DAY + HOUR), (2 * DAY, 2 * DAY + HOUR))
    booking = await confirmed(market, here)
    await market.harness.sql("""
        insert into busy_calendars
            (id, consultant_id, name, host, address_encrypted, created_at, next_read_at)
        select id, consultant_id, 'A', 'b', 'c', now(), now() + interval '1 day'
        from availability_slots
    """)
    await market.harness.sql("""
        insert into busy_times (calendar_id, consultant_id, start_time, end_time)
        select id, consultant_id, start_time, end_time from availability_slots where not is_booked
    """)
    assert refusal(await propose(market, booking, there)) == (409, "slot_unavailable")


async def test_moves_and_requests_at_once_fill_a_day_once(market: Market) -> None:
    await put(market, body(("00:00", "10:00"), daily_limit=2, horizon_days=10))
    everything = await slots(market)
    days = sorted({instant(one["start_time"]).date() for one in everything})
    moving = []
    for day in days[2:6]:
        [first] = [s for s in everything if instant(s["start_time"]).date() == day][:1]
        moving.append((await market.request(first, by=market.someone("seeker"))).json())
    there = [s for s in everything if instant(s["start_time"]).date() == days[1]]
    seekers = [market.harness.user("seeker", id=one["seeker"]["id"]) for one in moving]
    answers = await asyncio.gather(
        *(
            market.do("reschedule", one, by, slot_id=slot["id"])
            for one, by, slot in zip(moving, seekers, there[:4], strict=True)
        ),
        *(market.request(slot, by=market.someone("seeker")) for slot in there[4:8]),
    )
    assert sorted(one.status_code for one in answers)[2:] == [409] * 6
    assert days[1] not in {instant(s["start_time"]).date() for s in await slots(market)}
