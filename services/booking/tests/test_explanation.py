"""Why no session can be requested at an instant."""

from datetime import date, datetime, timedelta

import pytest

from services.booking.domain.explanation import BookedTime, Surroundings, reasons_at
from services.booking.domain.rules import DayException, Rules, Window
from services.booking.tests.conftest import Market, instant
from services.booking.tests.test_rules import rules, utc
from services.booking.tests.test_weekly_rules import body, put, slots, tomorrow
from shared import clock

EXPLAIN = "/consultants/me/availability/explain"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NOTHING = Surroundings([], [], 0)


def on(days: int, hour: int = 0) -> datetime:
    """`hour` UTC, that many days ahead."""
    return tomorrow(hour) + (days - 1) * timedelta(days=1)


async def codes(market: Market, at: datetime) -> list[str]:
    answer = await market.harness.get(
        EXPLAIN, user=market.consultant, params={"at": at.isoformat()}
    )
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["offered"] is (found["reasons"] == [])
    assert all(reason["detail"] for reason in found["reasons"])
    return [reason["code"] for reason in found["reasons"]]


async def test_what_is_offered_has_no_reason_against_it(market: Market) -> None:
    await put(market, body(("09:00", "12:00")))
    offered = await slots(market)
    assert len(offered) >= 3
    for slot in offered[:3]:
        assert await codes(market, instant(slot["start_time"])) == []


def test_booked_time_within_the_buffer_of_another_booking_has_both_reasons() -> None:
    ten = utc("2027-03-01T10:00")
    booked = [
        BookedTime(ten + n * HOUR, ten + (n + 1) * HOUR, ten + (n + 1) * HOUR) for n in (0, 1)
    ]
    near = Surroundings([], booked, 0)
    reasons = reasons_at(ten, ten - 24 * HOUR, rules("UTC", buffer_minutes=15), near)
    found = [str(reason.code) for reason in reasons]
    assert [found.count(code) for code in ("booked", "buffer")] == [1, 1]


async def test_every_reason_is_named(market: Market) -> None:
    rules = body(
        ("09:00", "12:00"),
        buffer_minutes=30,
        daily_limit=1,
        minimum_notice_minutes=2 * 24 * 60,
        horizon_days=14,
        exceptions=[{"date": str(on(4).date()), "closed": True}],
    )
    await put(market, rules)
    [first] = [slot for slot in await slots(market) if instant(slot["start_time"]) == on(5, 9)]
    assert (await market.request(first)).status_code == 201
    assert await codes(market, on(3, 13)) == ["outside_hours"]
    assert await codes(market, on(4, 9)) == ["closed_by_exception"]
    assert await codes(market, on(3, 9) + 10 * MINUTE) == ["not_a_slot_start"]
    assert await codes(market, on(5, 9)) == ["booked", "daily_limit"]
    assert await codes(market, on(5, 10) + 15 * MINUTE) == [
        "buffer", "daily_limit", "not_a_slot_start",
    ]  # fmt: skip
    assert await codes(market, on(5, 10) + 30 * MINUTE) == ["daily_limit"]
    assert await codes(market, on(1, 9)) == ["minimum_notice"]
    assert await codes(market, on(20, 9)) == ["beyond_horizon"]
    assert await codes(market, on(20, 13)) == ["beyond_horizon", "outside_hours"]
    beyond = on(20, 9) + 10 * MINUTE
    assert await codes(market, beyond) == ["beyond_horizon", "not_a_slot_start"]
    assert "past" in await codes(market, clock.now() - HOUR)
    assert await codes(market, on(-1, 9)) == ["past"]
    assert await codes(market, on(-1, 9) + 10 * MINUTE) == ["past", "not_a_slot_start"]


async def test_without_rules_only_slots_made_by_hand_are_offered(market: Market) -> None:
    slot = await market.slot()
    start = instant(slot["start_time"])
    assert await codes(market, start) == []
    assert await codes(market, start + MINUTE) == ["not_a_slot_start"]
    assert await codes(market, start - HOUR) == ["outside_hours"]


@pytest.mark.parametrize("at", [{}, {"at": "noon"}, {"at": "2027-02-30T10:00:00Z"}])
async def test_a_bad_instant_is_named(market: Market, at: dict[str, str]) -> None:
    answer = await market.harness.get(EXPLAIN, user=market.consultant, params=at)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "at")


@pytest.mark.parametrize(
    ("zone", "day", "window", "at", "expected"),
    [
        ("Europe/Berlin", "2027-03-28", Window(120, 180), "2027-03-28T01:30", ["clock_gap"]),
        ("Europe/Berlin", "2027-03-28", Window(120, 180), "2027-03-28T02:30", ["outside_hours"]),
        ("Europe/Berlin", "2027-03-28", Window(120, 180), "2027-03-28T00:59", ["outside_hours"]),
        ("Pacific/Apia", "2011-12-30", Window(540, 600), "2011-12-30T19:30", ["clock_gap"]),
        ("Australia/Lord_Howe", "2027-10-03", Window(120, 150), "2027-10-02T15:40", ["clock_gap"]),
    ],
)
def test_a_time_that_the_clock_leaves_out(
    zone: str, day: str, window: Window, at: str, expected: list[str]
) -> None:
    on_day = date.fromisoformat(day)
    made: Rules = rules(zone, weekly={on_day.isoweekday(): [window]}, horizon_days=365)
    found = reasons_at(utc(at), utc(day) - timedelta(days=9), made, NOTHING)
    assert [reason.code.value for reason in found] == expected


def test_hours_of_an_exception_are_the_days_only_ones() -> None:
    made = rules(
        "UTC", Window(540, 720), exceptions=[DayException(date(2027, 6, 2), Window(900, 960))]
    )
    found = reasons_at(utc("2027-06-02T10:00"), utc("2027-06-01"), made, NOTHING)
    assert [reason.code.value for reason in found] == ["closed_by_exception"]
    found = reasons_at(utc("2027-06-02T20:00"), utc("2027-06-01"), made, NOTHING)
    assert [reason.code.value for reason in found] == ["outside_hours"]


async def test_a_session_keeps_the_pause_that_it_was_booked_with(market: Market) -> None:
    await put(market, body(("09:00", "12:00"), slot_minutes=30, buffer_minutes=30))
    [first] = [s for s in await slots(market) if instant(s["start_time"]) == on(2, 9)]
    assert (await market.request(first)).status_code == 201
    await put(market, body(("09:00", "12:00"), slot_minutes=30))
    assert await codes(market, on(2, 9) + 30 * MINUTE) == ["buffer"]
    assert on(2, 9) + 30 * MINUTE not in [instant(s["start_time"]) for s in await slots(market)]
    assert await codes(market, on(2, 10)) == []
