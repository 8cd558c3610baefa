"""Slots from weekly rules, against a clock that is read minute by minute."""

from __future__ import annotations

import functools
import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.booking.domain.rules import (
    DayException,
    Rules,
    Window,
    slots_between,
    without_overlaps,
)

MINUTE = timedelta(minutes=1)
EVERY_DAY = range(1, 8)


def rules(zone: str, *windows: Window, **more: Any) -> Rules:
    fields: dict[str, Any] = {
        "slot_minutes": 60,
        "buffer_minutes": 0,
        "minimum_notice_minutes": 0,
        "horizon_days": 60,
        "daily_limit": None,
        "exceptions": [],
        "weekly": {day: list(windows) for day in EVERY_DAY},
        **more,
    }
    return Rules(time_zone=zone, **fields)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def hours(found: list[tuple[datetime, datetime]]) -> list[str]:
    return [f"{start:%d %H:%M}" for start, _ in found]


def slots_by_the_minute(made: Rules, start: datetime, end: datetime) -> list[Any]:
    """Independent of offsets: which minutes are in which window, by asking the wall clock."""
    zone = zoneinfo.ZoneInfo(made.time_zone)
    runs: list[list[Any]] = []
    at = start - timedelta(days=2)
    while at < end + timedelta(days=2):
        wall = at.astimezone(zone)
        minute = wall.hour * 60 + wall.minute
        for window in made.windows_on(wall.date()):
            if window.start <= minute < window.end:
                key = (wall.date(), window)
                if runs and runs[-1][0] == key and runs[-1][2] == at:
                    runs[-1][2] = at + MINUTE
                else:
                    runs.append([key, at, at + MINUTE])
        at += MINUTE
    length, found = timedelta(minutes=made.slot_minutes), []
    for _, begin, until in runs:
        while begin + length <= until:
            found.append((begin, begin + length))
            begin += length + made.buffer
    return sorted(slot for slot in found if start <= slot[0] and slot[1] <= end)


# Zones whose offsets are whole minutes; what changed within a minute is long ago.
ZONES = sorted(zoneinfo.available_timezones() - {"localtime", "Factory", "posixrules"})
CHANGES = [
    ("Europe/Berlin", "2027-03-28"),
    ("Europe/Berlin", "2027-10-31"),
    ("America/New_York", "2027-03-14"),
    ("Australia/Lord_Howe", "2027-04-04"),
    ("Australia/Lord_Howe", "2027-10-03"),
    ("Africa/Casablanca", "2027-02-07"),
    ("Africa/Casablanca", "2027-03-14"),
    ("America/Santiago", "2027-09-05"),
    ("Asia/Beirut", "2027-03-28"),
    ("Pacific/Apia", "2011-12-30"),
    ("Asia/Kathmandu", "2027-06-01"),
    ("Asia/Calcutta", "2027-06-01"),
]


@functools.cache
def changed_months() -> list[tuple[str, date]]:
    """Every zone with every month from 2000 to 2040 in which its clocks come to differ."""
    firsts = [date(year, month, 1) for year in range(2000, 2041) for month in range(1, 13)]
    found = []
    for name in ZONES:
        offsets = [offset(name, first) for first in firsts]
        pairs = zip(firsts, pairwise(offsets), strict=False)
        found += [(name, first) for first, (before, after) in pairs if before != after]
    return found


def offset(name: str, day: date) -> timedelta | None:
    return datetime.combine(day, time(), UTC).astimezone(zoneinfo.ZoneInfo(name)).utcoffset()


def day_of_change(month: tuple[str, date]) -> tuple[str, str]:
    """The first day in that month on which the zone's clocks changed."""
    name, day = month
    while offset(name, day) == offset(name, day + timedelta(days=1)):
        day += timedelta(days=1)
    return name, str(day)


changes = st.deferred(lambda: st.sampled_from(changed_months()).map(day_of_change))
windows = st.lists(st.integers(0, 1440), min_size=2, max_size=6, unique=True).map(
    lambda cuts: [Window(a, b) for a, b in zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False)]
)


@settings(max_examples=120, deadline=None)
@given(
    change=st.sampled_from(CHANGES)
    | changes
    | st.tuples(
        st.sampled_from(ZONES),
        st.dates(date(2000, 1, 2), date(2040, 12, 30)).map(str),
    ),
    windows=windows,
    slot_minutes=st.integers(15, 480),
    buffer_minutes=st.integers(0, 240),
)
def test_slots_are_what_a_clock_on_the_wall_says(
    change: tuple[str, str], windows: list[Window], slot_minutes: int, buffer_minutes: int
) -> None:
    zone, day = change
    made = rules(zone, *windows, slot_minutes=slot_minutes, buffer_minutes=buffer_minutes)
    start = utc(day) - timedelta(hours=12)
    end = start + timedelta(hours=48)
    assert slots_between(made, start, end) == slots_by_the_minute(made, start, end)


@pytest.mark.parametrize(
    ("zone", "day", "window", "expected"),
    [
        # 02:00–03:00 is not on the wall that day
        ("Europe/Berlin", "2027-03-28", Window(120, 180), []),
        ("Europe/Berlin", "2027-03-28", Window(60, 240), ["28 00:00", "28 01:00"]),
        # 02:00–03:00 is on it twice
        (
            "Europe/Berlin",
            "2027-10-31",
            Window(60, 240),
            ["30 23:00", "31 00:00", "31 01:00", "31 02:00"],
        ),
        # the day that Samoa left out
        ("Pacific/Apia", "2011-12-30", Window(0, 1440), []),
        # half an hour is put back
        ("Australia/Lord_Howe", "2027-04-04", Window(60, 120), ["03 14:00"]),
    ],
)
def test_days_on_which_clocks_change(
    zone: str, day: str, window: Window, expected: list[str]
) -> None:
    on = date.fromisoformat(day)
    made = rules(zone, weekly={}, exceptions=[DayException(on, window)])
    found = slots_between(made, utc(day) - timedelta(days=2), utc(day) + timedelta(days=2))
    assert hours(found) == expected


@pytest.mark.parametrize(
    ("day", "window", "minutes", "expected"),
    [
        # clocks go forward from 02:00 to 03:00: the window opens at 03:00
        ("2027-03-28", Window(150, 360), 60, ["28 01:00", "28 02:00", "28 03:00"]),
        # clocks go back from 03:00 to 02:00: the window is open twice
        ("2027-10-31", Window(60, 150), 30, ["30 23:00", "30 23:30", "31 00:00", "31 01:00"]),
    ],
)
def test_when_clocks_change_does_not_depend_on_the_second_of_the_question(
    day: str, window: Window, minutes: int, expected: list[str]
) -> None:
    asked = utc(day) - timedelta(days=8) + timedelta(minutes=7, seconds=41, microseconds=825_980)
    sundays = rules("Europe/Berlin", weekly={7: [window]}, slot_minutes=minutes)
    found = slots_between(sundays, asked, asked + timedelta(days=12))
    assert [slot for slot in hours(found) if slot in expected] == expected
    assert all(start == start.replace(second=0, microsecond=0) for start, _ in found)


def test_exceptions_replace_the_weekly_hours_of_their_date() -> None:
    day = date(2027, 6, 2)
    made = rules(
        "UTC",
        Window(540, 660),
        exceptions=[
            DayException(day, Window(600, 660)),
            DayException(day, Window(900, 960)),
            DayException(day + timedelta(days=1), None),
        ],
    )
    found = slots_between(made, utc("2027-06-01"), utc("2027-06-05"))
    assert hours(found) == [
        "01 09:00", "01 10:00", "02 10:00", "02 15:00", "04 09:00", "04 10:00",
    ]  # fmt: skip


def test_whole_slots_with_their_buffer_from_the_windows_start() -> None:
    made = rules("UTC", Window(540, 720), slot_minutes=45, buffer_minutes=20)
    found = slots_between(made, utc("2027-06-01"), utc("2027-06-02"))
    assert hours(found) == ["01 09:00", "01 10:05", "01 11:10"]


instants = st.integers(0, 2_000).map(lambda n: utc("2027-06-01") + n * MINUTE)


@given(
    cuts=st.lists(instants, min_size=2, max_size=30, unique=True),
    taken=st.lists(instants, max_size=10, unique=True),
    buffer=st.integers(0, 90).map(lambda n: n * MINUTE),
)
def test_what_is_free_keeps_its_distance(
    cuts: list[datetime], taken: list[datetime], buffer: timedelta
) -> None:
    def pairs(found: list[datetime]) -> list[tuple[datetime, datetime]]:
        in_order = sorted(found)
        return list(zip(in_order[::2], in_order[1::2], strict=False))

    slots, held = pairs(cuts), pairs(taken)
    expected = [
        slot
        for slot in slots
        if all(slot[1] + buffer <= s or e + buffer <= slot[0] for s, e in held)
    ]
    assert without_overlaps(slots, held, buffer) == expected
