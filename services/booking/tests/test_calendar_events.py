"""Busy times from events: calendars as exported by various programs, and malformed ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.busy_calendars.errors import UnreadableCalendar
from services.booking.busy_calendars.events import busy_times, merged
from services.booking.busy_calendars.reader import CalendarReader

FOLDER = Path(__file__).with_name("calendars")
SINCE, UNTIL = datetime(2027, 2, 1, tzinfo=UTC), datetime(2028, 2, 1, tzinfo=UTC)


def busy(content: bytes, zone: str = "Europe/Berlin") -> list[tuple[str, str]]:
    return [
        (f"{start:%m-%d %H:%M}", f"{end:%m-%d %H:%M}")
        for start, end in busy_times(content, zone, SINCE, UNTIL)
    ]


def calendar(*events: str, head: str = "VERSION:2.0\r\nPRODID:-//Test//EN\r\n") -> bytes:
    blocks = (f"BEGIN:VEVENT\r\nUID:{n}\r\n{one}\r\nEND:VEVENT\r\n" for n, one in enumerate(events))
    return f"BEGIN:VCALENDAR\r\n{head}{''.join(blocks)}END:VCALENDAR\r\n".encode()


SHAPES = {
    "google": [
        ("03-01 09:00", "03-01 10:00"),
        ("03-09 23:00", "03-11 23:00"),  # two whole days in Berlin
        ("03-22 16:00", "03-22 17:00"),
        ("03-29 17:00", "03-29 18:00"),  # moved, and the clocks have changed
    ],
    "outlook": [
        ("03-01 09:00", "03-01 10:30"),
        ("03-09 13:00", "03-09 13:30"),
        ("03-19 23:00", "03-20 23:00"),
        ("04-13 12:00", "04-13 12:30"),
    ],
    "apple": [
        ("03-01 15:30", "03-01 16:30"),
        ("03-02 07:00", "03-02 07:45"),  # a floating time is Berlin's
        ("03-12 14:00", "03-12 15:00"),
        ("03-14 13:00", "03-14 14:00"),
    ],
    "proton": [("03-01 04:00", "03-01 04:45"), ("03-04 23:00", "03-05 23:00")],
    "fastmail": [
        ("02-28 22:00", "02-28 23:00"),
        ("03-07 22:00", "03-07 23:00"),
        ("04-03 14:30", "04-03 17:30"),
    ],
}


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
def test_export_gives_the_times_that_its_program_shows(name: str, line_end: bytes) -> None:
    content = (FOLDER / f"{name}.ics").read_bytes().replace(b"\r\n", b"\n")
    assert busy(content.replace(b"\n", line_end)) == SHAPES[name]


def test_byte_order_mark_and_lower_case_are_read() -> None:
    content = calendar("dtstart:20270301T090000Z\r\ndtend:20270301T100000Z")
    assert busy(b"\xef\xbb\xbf" + content) == [("03-01 09:00", "03-01 10:00")]


def test_whole_days_are_those_of_the_consultants_zone() -> None:
    content = calendar("DTSTART;VALUE=DATE:20270301")
    assert busy(content, "Asia/Kolkata") == [("02-28 18:30", "03-01 18:30")]
    assert busy(content, "America/New_York") == [("03-01 05:00", "03-02 05:00")]


def test_cancelled_override_gives_its_time_back() -> None:
    content = calendar("DTSTART:20270301T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=3")
    override = calendar(
        "RECURRENCE-ID:20270302T090000Z\r\nDTSTART:20270302T090000Z\r\nDURATION:PT1H\r\n"
        "STATUS:CANCELLED"
    )
    block = override[override.index(b"BEGIN:VEVENT") : override.index(b"END:VCALENDAR")]
    both = content.replace(b"END:VCALENDAR", block + b"END:VCALENDAR")
    assert [start for start, _ in busy(both)] == ["03-01 09:00", "03-03 09:00"]


def test_our_own_bookings_in_another_calendar_are_not_counted() -> None:
    content = calendar("DTSTART:20270301T090000Z\r\nDURATION:PT1H")
    assert busy(content.replace(b"UID:0", b"UID:0190@consultant-connect")) == []


def test_times_outside_the_period_are_cut_off() -> None:
    content = calendar("DTSTART:20200101T000000Z\r\nDTEND:20400101T000000Z")
    assert busy_times(content, "UTC", SINCE, UNTIL) == [(SINCE, UNTIL)]


def test_series_that_began_long_ago_goes_on() -> None:
    content = calendar("DTSTART:19700105T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY")
    assert len(busy(content)) == 365


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!DOCTYPE html><html><body>Sign in</body></html>",
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n",  # cut off
        b"BEGIN:VEVENT\r\nEND:VEVENT\r\n",
        b"\x00\xff" * 100,
    ],
)
def test_what_is_no_calendar_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableCalendar, match="calendar"):
        busy(content)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;BYMINUTE=0,5,10,15,20,25,30,35,40,45,50,55",
        "FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5;BYSECOND=1,2,3,4,5",
        "FREQ=MINUTELY;INTERVAL=14",
    ],
)
def test_series_that_repeats_too_often_is_refused_at_once(rule: str) -> None:
    with pytest.raises(UnreadableCalendar, match="repeats more than 96 times a day"):
        busy(calendar(f"DTSTART:20200101T000000Z\r\nDURATION:PT1S\r\nRRULE:{rule}"))


@pytest.mark.parametrize("rule", ["COUNT=3", "BYDAY=MO", "FREQ=", "FREQ=DAILY;INTERVAL="])
def test_series_without_a_frequency_hides_no_other_entry(rule: str) -> None:
    series = calendar(f"DTSTART:20270301T090000Z\r\nDURATION:PT1H\r\nRRULE:{rule}")
    other = calendar("DTSTART:20270302T090000Z\r\nDURATION:PT1H")
    block = other[other.index(b"BEGIN:VEVENT") : other.index(b"END:VCALENDAR")]
    both = series.replace(b"END:VCALENDAR", block.replace(b"UID:0", b"UID:1") + b"END:VCALENDAR")
    assert busy(both) == [("03-01 09:00", "03-01 10:00"), ("03-02 09:00", "03-02 10:00")]


def test_quarters_of_an_hour_are_not_too_often() -> None:
    rule = "DTSTART:20270301T000000Z\r\nDURATION:PT5M\r\nRRULE:FREQ=MINUTELY;INTERVAL=15;COUNT=9"
    assert len(busy(calendar(rule))) == 9


@pytest.mark.parametrize(
    "event",
    [
        "SUMMARY:No time at all",
        "DTSTART:20270301T090000Z",
        "DTSTART:20270301T100000Z\r\nDTEND:20270301T090000Z",
        "DTSTART:20270230T090000Z\r\nDURATION:PT1H",
        "DTSTART:tomorrow\r\nDURATION:PT1H",
        "DTSTART:99991231T235959Z\r\nDURATION:P99999D",
    ],
)
def test_event_without_a_time_that_lasts_keeps_nobody_busy(event: str) -> None:
    other = "DTSTART:20270301T090000Z\r\nDURATION:PT1H"
    assert busy(calendar(event, other)) == [("03-01 09:00", "03-01 10:00")]


@pytest.mark.parametrize("zone", ["Mars/Olympus", "Customized Time Zone", "/freeassociation/x"])
def test_unknown_zone_of_an_event_is_no_error(zone: str) -> None:
    event = f"DTSTART;TZID={zone}:20270301T090000\r\nDTEND;TZID={zone}:20270301T100000"
    assert len(busy(calendar(event))) == 1


def test_ten_thousand_events_are_read() -> None:
    at = datetime(2027, 2, 1, 8, tzinfo=UTC)
    events = [
        f"DTSTART:{at + timedelta(minutes=50 * n):%Y%m%dT%H%M%SZ}\r\nDURATION:PT30M"
        for n in range(10_000)
    ]
    assert len(busy_times(calendar(*events), "UTC", SINCE, UNTIL)) == 10_000


INSTANTS = st.datetimes(datetime(2027, 1, 1), datetime(2027, 1, 3)).map(
    lambda at: at.replace(tzinfo=UTC, second=0, microsecond=0)
)
INTERVALS = st.tuples(INSTANTS, INSTANTS).filter(lambda pair: pair[0] < pair[1])


@given(st.lists(INTERVALS, max_size=12))
def test_merged_intervals_are_the_same_minutes(intervals: list[tuple[datetime, datetime]]) -> None:
    def minutes(found: list[tuple[datetime, datetime]]) -> set[datetime]:
        return {
            start + timedelta(minutes=n)
            for start, end in found
            for n in range(int((end - start).total_seconds() // 60))
        }

    found = merged(intervals)
    assert minutes(found) == minutes(intervals)
    assert all(before[1] < after[0] for before, after in pairwise(found))


async def test_calendar_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def downloaded(*_: object, **__: object) -> bytes:
        # a day that never comes, looked for until the year 9999
        rule = (
            "DTSTART:20200101T000000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
        )
        return calendar(*[rule] * 50)

    monkeypatch.setattr("services.booking.busy_calendars.reader.download", downloaded)
    reader = CalendarReader(allow_private=True, seconds=1.5)
    with pytest.raises(UnreadableCalendar, match=r"more than 1\.5 seconds"):
        await reader.read("https://calendar.example/x.ics", "UTC", SINCE, UNTIL)
