"""Derives busy times from the events of a calendar. Runs in a worker process (`reader.py`).

The icalendar library parses, and recurring-ical-events expands recurring events. Only properties
about time and status are passed to the parser: titles, attendees and descriptions are private, and
would be most of the work.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from services.booking.busy_calendars.errors import UnreadableCalendar
from services.booking.domain.rules import Interval
from shared.icalendars import UID_SUFFIX

# What the libraries raise for the invalid time of an event.
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, OverflowError)
MAX_OCCURRENCES = 50_000
# A person's calendar has no series that repeats more often than every 15 minutes.
MAX_PER_DAY = 96
_DAY = timedelta(days=1)
_A_DAY = {"SECONDLY": 86_400, "MINUTELY": 1_440, "HOURLY": 24}
_FINER = {"SECONDLY": 0, "MINUTELY": 1, "HOURLY": 2}
_BY_CLOCK = ("BYSECOND", "BYMINUTE", "BYHOUR")
_FOLD = re.compile(r"\r?\n[ \t]")
_NAME = re.compile(r"[A-Za-z0-9-]+")
_KEPT = frozenset(
    {
        *("BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "X-WR-TIMEZONE"),
        *("TZID", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME"),
        *("UID", "SEQUENCE", "DTSTART", "DTEND", "DURATION", "STATUS", "TRANSP"),
        *("RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"),
    }
)
# The defaults of absent properties.
_DEFAULTS = frozenset({"STATUS:CONFIRMED", "TRANSP:OPAQUE", "SEQUENCE:0"})
_SERIES = ("RRULE", "RDATE", "RECURRENCE-ID")
_NO_CALENDAR = "The address does not lead to a calendar."


def busy_times(content: bytes, time_zone: str, since: datetime, until: datetime) -> list[Interval]:
    """When the calendar's owner is busy within [since, until): in UTC, by time, merged. Times
    without a zone, and whole days, are those of `time_zone`. Raises UnreadableCalendar.
    """
    text = content.decode("utf-8-sig", errors="replace").strip()
    if not (text[:15].upper() == "BEGIN:VCALENDAR" and text[-13:].upper() == "END:VCALENDAR"):
        raise UnreadableCalendar(_NO_CALENDAR)
    try:
        calendars = icalendar.Calendar.from_ical("\r\n".join(_relevant_lines(text)), multiple=True)
        zone = ZoneInfo(time_zone)
        found: list[Interval] = []
        for calendar in calendars:
            for event in _occurrences(calendar, since - _DAY, until + _DAY):
                interval = _interval_of(event, zone)
                if interval is not None and interval[0] < until and since < interval[1]:
                    found.append((max(since, interval[0]), min(until, interval[1])))
                if len(found) > MAX_OCCURRENCES:
                    raise UnreadableCalendar(
                        f"The calendar has more than {MAX_OCCURRENCES:,} entries in a year."
                    )
    except (UnreadableCalendar, MemoryError):
        raise
    except Exception:  # the libraries do not say what they raise for invalid content
        raise UnreadableCalendar("The calendar's entries cannot be read.") from None
    return merged(found)


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Merges intervals that overlap or touch; sorted by time."""
    found: list[Interval] = []
    for start, end in sorted(intervals):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _relevant_lines(text: str) -> Iterator[str]:
    """The lines about time and status, without events that are our own bookings. The UID is removed
    from events that belong to no series, so that only events of series have one.
    """
    lines = [line for line in _FOLD.sub("", text).splitlines() if _is_relevant(line)]
    uids = Counter(line for line in lines if line[:3].upper() == "UID")
    event: list[str] | None = None
    for line in lines:
        if event is None and line.upper() != "BEGIN:VEVENT":
            yield line
            continue
        event = [*(event or ()), line]
        if line.upper() == "END:VEVENT":
            yield from _without_lone_uid(event, uids)
            event = None
    yield from event or ()


def _is_relevant(line: str) -> bool:
    name = _NAME.match(line)
    return name is not None and name.group().upper() in _KEPT and line.upper() not in _DEFAULTS


def _without_lone_uid(event: Sequence[str], uids: Counter[str]) -> Sequence[str]:
    if any(line in uids and line.endswith(UID_SUFFIX) for line in event):
        return ()
    if any(uids[line] > 1 or line.upper().startswith(_SERIES) for line in event):
        return event
    return [line for line in event if line not in uids]


def _occurrences(calendar: Any, since: datetime, until: datetime) -> Iterator[Any]:
    """The events during which the owner is busy, with recurring events expanded. Only events of
    series are passed to the expanding library: the others are ten times as fast without it.
    """
    series = []
    for event in calendar.walk("VEVENT"):
        if "UID" in event or any(name in event for name in _SERIES):
            _drop_unreadable_rules(event)
            _check_rules(event)
            series.append(event)
        elif _is_busy(event):
            yield event
    if series:
        calendar.subcomponents = [
            *(part for part in calendar.subcomponents if part.name == "VTIMEZONE"),
            *series,
        ]
        query = recurring_ical_events.of(calendar, components=["VEVENT"], skip_bad_series=True)
        yield from (event for event in query.between(since, until) if _is_busy(event))


def _is_busy(event: Any) -> bool:
    status, transparency = (str(event.get(name, "")).upper() for name in ("STATUS", "TRANSP"))
    return status != "CANCELLED" and transparency != "TRANSPARENT"


def _drop_unreadable_rules(event: Any) -> None:
    """Removes rules that the parser could not read, or that say no frequency: the entry then counts
    once, and hides no other entry of the calendar.
    """
    rules = _values(event, "RRULE")
    readable = [rule for rule in rules if isinstance(rule, dict) and rule.get("FREQ")]
    if len(readable) < len(rules):
        del event["RRULE"]
        for rule in readable:
            event.add("RRULE", rule)


def _check_rules(event: Any) -> None:
    """Raises UnreadableCalendar for a series that is too frequent to be expanded."""
    for rule in _values(event, "RRULE"):
        if _max_per_day(rule) > MAX_PER_DAY:
            raise UnreadableCalendar(
                f"An entry of the calendar repeats more than {MAX_PER_DAY} times a day."
            )


def _max_per_day(rule: Any) -> float:
    frequency = str(_values(rule, "FREQ")[0]).upper()
    interval = max(1, int((_values(rule, "INTERVAL") or [1])[0]))
    number = _A_DAY.get(frequency, 1) / (interval if frequency in _A_DAY else 1)
    for name in _BY_CLOCK[: _FINER.get(frequency, len(_BY_CLOCK))]:
        number *= max(1, len(_values(rule, name)))
    return number


def _values(source: Any, name: str) -> Sequence[Any]:
    """The values of an event's or a rule's property, which may occur several times."""
    found = source.get(name, [])
    return found if isinstance(found, list) else [found]


def _interval_of(event: Any, zone: ZoneInfo) -> Interval | None:
    """The event's time; None if it has no duration, or is outside the range of dates."""
    try:
        began, ended = _bounds(event, zone)
    except UNREADABLE:
        return None
    return (began, ended) if began < ended else None


def _bounds(event: Any, zone: ZoneInfo) -> Interval:
    start = event.decoded("DTSTART")
    if "DTEND" in event:
        end = event.decoded("DTEND")
    elif "DURATION" in event:
        end = start + event.decoded("DURATION")
    else:
        end = start if isinstance(start, datetime) else start + _DAY
    return _instant(start, zone), _instant(end, zone)


def _instant(value: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return (value if value.tzinfo is not None else value.replace(tzinfo=zone)).astimezone(UTC)
