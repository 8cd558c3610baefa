"""Weekly rules, and the slots generated from them. Pure.

A window is a period of wall-clock time: its instants are those whose wall-clock time in the rules'
time zone is within it. So a window within the gap of a clock change is empty, one around the gap is
shorter, and one around a repeated hour is longer; no instant occurs twice. Slots fill these
instants one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

_DAY = timedelta(days=1)
# No time zone is further from UTC, and no clock change is larger.
_FARTHEST_OFFSET = timedelta(hours=26)
_STEP = timedelta(hours=1)

Interval = tuple[datetime, datetime]


class Window(NamedTuple):
    """Wall-clock time of a day, in minutes since its midnight: [start, end)."""

    start: int
    end: int


class DayException(msgspec.Struct, frozen=True):
    """The replacement for a date's weekly hours: nothing (closed), or a window."""

    date: date
    window: Window | None


class Rules(msgspec.Struct, frozen=True):
    """A consultant's working hours. `weekly` has the windows of each weekday (1 is Monday)."""

    time_zone: str
    weekly: dict[int, list[Window]]
    slot_minutes: int
    buffer_minutes: int
    minimum_notice_minutes: int
    horizon_days: int
    daily_limit: int | None
    exceptions: list[DayException]

    @property
    def slot_length(self) -> timedelta:
        """How long each slot is."""
        return timedelta(minutes=self.slot_minutes)

    @property
    def buffer(self) -> timedelta:
        """The buffer between sessions."""
        return timedelta(minutes=self.buffer_minutes)

    @property
    def notice(self) -> timedelta:
        """How long before its start a slot can be requested at the latest."""
        return timedelta(minutes=self.minimum_notice_minutes)

    @property
    def horizon(self) -> timedelta:
        """How far ahead slots are generated."""
        return timedelta(days=self.horizon_days)

    def windows_on(self, day: date) -> list[Window]:
        """The windows of a date: its exceptions if there are any, otherwise its weekly hours."""
        exceptions = [found for found in self.exceptions if found.date == day]
        if exceptions:
            return sorted(found.window for found in exceptions if found.window is not None)
        return sorted(self.weekly.get(day.isoweekday(), []))


def whole_minutes(length: timedelta) -> int:
    """`length` in minutes, rounded up."""
    return -(-length // timedelta(minutes=1))


def slot_length_errors(length: timedelta, shortest: timedelta) -> Iterator[tuple[str, str]]:
    """The error of rules whose slots are below the minimum."""
    if length < shortest:
        yield "slot_minutes", f"must be at least {whole_minutes(shortest)}"


def slots_between(rules: Rules, start: datetime, end: datetime) -> list[Interval]:
    """The slots within [start, end), in UTC, ordered by time."""
    zone = ZoneInfo(rules.time_zone)
    segments = list(_segments(zone, start - _FARTHEST_OFFSET, end + _FARTHEST_OFFSET))
    by_date = _exceptions_by_date(rules)
    day, last = start.astimezone(zone).date() - _DAY, end.astimezone(zone).date() + _DAY
    slots: list[Interval] = []
    while day <= last:
        windows = by_date.get(day, rules.weekly.get(day.isoweekday(), []))
        for window in sorted(windows):
            for piece in _instants(segments, day, window):
                slots += _slots_in(piece, rules)
        day += _DAY
    return sorted(slot for slot in slots if start <= slot[0] and slot[1] <= end)


def day_around(at: datetime, time_zone: str) -> Interval:
    """The bounds, in UTC, of the day in that time zone that contains `at`."""
    zone = ZoneInfo(time_zone)
    day = at.astimezone(zone).date()
    start, end = (datetime.combine(one, time(), zone).astimezone(UTC) for one in (day, day + _DAY))
    return start, end


def _exceptions_by_date(rules: Rules) -> dict[date, list[Window]]:
    found: dict[date, list[Window]] = {}
    for exception in rules.exceptions:
        windows = found.setdefault(exception.date, [])
        if exception.window is not None:
            windows.append(exception.window)
    return found


class Segment(NamedTuple):
    """A period [start, end) in UTC during which the time zone's offset does not change."""

    start: datetime
    end: datetime
    offset: timedelta


def _segments(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[Segment]:
    """zoneinfo provides offsets but not when they change: they are compared hourly, then by
    bisection, from a whole second on: offsets change at whole seconds.
    """
    at = began = start.replace(microsecond=0)
    offset = _offset(zone, began)
    while at < end:
        following = min(at + _STEP, end)
        if (changed := _offset(zone, following)) != offset:
            change = _change_between(zone, at, following, offset)
            yield Segment(began, change, offset)
            began, offset = change, changed
        at = following
    yield Segment(began, end, offset)


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None  # a ZoneInfo always has one
    return offset


def _change_between(
    zone: ZoneInfo, before: datetime, after: datetime, offset: timedelta
) -> datetime:
    """The second at which the offset stops being `offset`."""
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, before + timedelta(seconds=middle)) == offset:
            low = middle
        else:
            high = middle
    return before + timedelta(seconds=high)


def _instants(segments: Sequence[Segment], day: date, window: Window) -> list[Interval]:
    """The intervals of instants whose wall-clock time is on `day` within `window`."""
    midnight = datetime.combine(day, time(), UTC)
    opens = midnight + timedelta(minutes=window.start)
    closes = midnight + timedelta(minutes=window.end)
    found: list[Interval] = []
    for segment in segments:
        begin = max(segment.start, opens - segment.offset)
        end = min(segment.end, closes - segment.offset)
        if begin >= end:
            continue
        if found and found[-1][1] == begin:
            found[-1] = (found[-1][0], end)
        else:
            found.append((begin, end))
    return found


def _slots_in(piece: Interval, rules: Rules) -> Iterator[Interval]:
    length = rules.slot_length
    start = piece[0]
    while start + length <= piece[1]:
        yield start, start + length
        start += length + rules.buffer


def without_overlaps(
    slots: Sequence[Interval], taken: Sequence[Interval], buffer: timedelta
) -> list[Interval]:
    """The slots at least `buffer` away from all `taken` intervals. Both are ordered by time;
    `taken` intervals do not overlap each other.
    """
    free: list[Interval] = []
    position = 0
    for start, end in slots:
        while position < len(taken) and taken[position][1] + buffer <= start:
            position += 1
        if position == len(taken) or taken[position][0] >= end + buffer:
            free.append((start, end))
    return free
