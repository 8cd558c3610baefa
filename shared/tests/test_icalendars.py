"""Bookings as iCalendar, read by a library that did not write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from shared.icalendars import Entry, calendar_of
from shared.testing.calendars import property_names, read_calendar

START = datetime(2026, 12, 1, 13, tzinfo=UTC)
ENTRY = Entry(
    booking_id=UUID("01935d7e-0000-7000-8000-000000000001"),
    start=START,
    end=START + timedelta(hours=1),
    sequence=3,
    status="CONFIRMED",
    summary="Session with Carl Gauß",
    url="https://market.example/booking/01935d7e-0000-7000-8000-000000000001",
    description="See you then",
    created_at=START - timedelta(days=2),
    changed_at=START - timedelta(days=1),
)
AWKWARD = {
    "newline": "First line\nATTENDEE:mailto:eve@example.org",
    "carriage return": "Eve\r\nATTENDEE:mailto:eve@example.org",
    "component": "x\r\nEND:VEVENT\r\nBEGIN:VEVENT",
    "control characters": "Ada\x07 \rByron",
    "separators": "One, two; three: four \\ five \\n six",
    "quotes": '"Ada" \'Byron\'; x="',
    "emoji": "👩🏽‍🔬" * 30,
    "four bytes": "𝔘𠀀" * 60,
    "two and four bytes": "aé€𝔘" * 40,
    "right to left": "جلسة مع محمد بن موسى الخوارزمي " * 6,
    "both directions": "جلسة مع Carl Gauß (שלום), \u2068Ada\u2069 \u202e" * 4,
    "long word": "a" * 500,
    "spaces": "  two  before,\ttab, and after  ",
}


def test_every_fact_of_a_booking_is_read_as_it_was_written() -> None:
    calendar = read_calendar(calendar_of([ENTRY]))
    assert (calendar.version, calendar.calscale, calendar.method) == ("2.0", "GREGORIAN", None)
    (event,) = calendar.events
    assert event.uid == f"{ENTRY.booking_id}@consultant-connect"
    assert (event.dtstart, event.dtend) == (ENTRY.start, ENTRY.end)
    assert (event.created, event.last_modified) == (ENTRY.created_at, ENTRY.changed_at)
    assert event.dtstamp == ENTRY.changed_at
    assert (event.sequence, event.status) == (3, "CONFIRMED")
    assert (event.summary, event.description) == (ENTRY.summary, ENTRY.description)
    assert str(event.url) == ENTRY.url
    assert event.transparency == "OPAQUE"


@pytest.mark.parametrize("text", AWKWARD.values(), ids=AWKWARD)
def test_awkward_text_is_only_text(text: str) -> None:
    content = calendar_of([replace(ENTRY, summary=text, description=text)], name=text)
    assert property_names(content) == property_names(calendar_of([ENTRY], name="Sessions"))
    calendar = read_calendar(content)
    (event,) = calendar.events
    shown = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x07", "")
    assert (event.summary, event.description) == (shown, shown)
    assert calendar.name == [shown]


# Everything that a user may type: no NUL, no lone surrogates.
typed = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=200)


@settings(deadline=None)
@given(summary=typed, description=typed, entries=st.integers(0, 3))
def test_whatever_is_typed_makes_a_file_that_another_program_reads(
    summary: str, description: str, entries: int
) -> None:
    written = [
        replace(ENTRY, booking_id=UUID(int=number), summary=summary, description=description)
        for number in range(entries)
    ]
    calendar = read_calendar(calendar_of(written, name="Sessions"))
    assert [event.uid for event in calendar.events] == [
        f"{entry.booking_id}@consultant-connect" for entry in written
    ]
    assert len({event.summary for event in calendar.events}) <= 1


def test_instants_are_written_in_utc_whatever_their_zone() -> None:
    there = timezone(timedelta(hours=5, minutes=45))
    entry = replace(ENTRY, start=ENTRY.start.astimezone(there), end=ENTRY.end.astimezone(there))
    assert calendar_of([entry]) == calendar_of([ENTRY])


def test_a_cancelled_entry_leaves_its_time_free() -> None:
    (event,) = read_calendar(calendar_of([replace(ENTRY, status="CANCELLED")])).events
    assert (event.status, event.transparency) == ("CANCELLED", "TRANSPARENT")


def test_a_feed_has_a_name_and_says_how_often_it_is_worth_reading() -> None:
    calendar = read_calendar(calendar_of([], name="الجلسات"))
    assert calendar.name == ["الجلسات"]
    assert calendar.refresh_interval == timedelta(minutes=15)
    assert calendar.events == []
