"""All reasons why no session can be requested at an instant. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from services.booking.domain.rules import Interval, Rules, slots_between
from services.booking.domain.slots import Slot
from shared.counts import counted

_DAY = timedelta(days=1)


class ReasonCode(StrEnum):
    """Reasons why no session can be requested."""

    PAST = "past"
    OUTSIDE_HOURS = "outside_hours"
    CLOSED_BY_EXCEPTION = "closed_by_exception"
    CLOCK_GAP = "clock_gap"
    MINIMUM_NOTICE = "minimum_notice"
    BEYOND_HORIZON = "beyond_horizon"
    BOOKED = "booked"
    BUFFER = "buffer"
    BUSY_CALENDAR = "busy_calendar"
    DAILY_LIMIT = "daily_limit"
    NOT_A_SLOT_START = "not_a_slot_start"


class Reason(NamedTuple):
    """A reason, with an explanation for people."""

    code: ReasonCode
    detail: str


class BookedTime(NamedTuple):
    """The time of a live booking, or the one proposed for it. The buffer after it ends at
    `blocked_until`.
    """

    start: datetime
    end: datetime
    blocked_until: datetime


class Surroundings(NamedTuple):
    """What is near the instant: slots that overlap the requested time, booked times, the number of
    sessions on that day in the rules' time zone, and busy times of other calendars.
    """

    slots: Sequence[Slot]
    booked: Sequence[BookedTime]
    sessions_of_day: int
    busy: Sequence[Interval] = ()


def reasons_at(
    at: datetime, now: datetime, rules: Rules | None, near: Surroundings
) -> list[Reason]:
    """The reasons why nothing can be requested at `at`; empty if something can."""
    slot = next((slot for slot in near.slots if slot.start_time == at), None)
    reasons = [*_past(at, now), *_taken(at, slot, rules, near), *_busy(at, slot, rules, near)]
    if rules is not None:
        reasons += _limits(at, now, rules, near)
    if slot is None:
        reasons += _hours(at, now, rules, near)
    return reasons


def _past(at: datetime, now: datetime) -> list[Reason]:
    return [Reason(ReasonCode.PAST, "This time has passed.")] if at <= now else []


def _taken(
    at: datetime, slot: Slot | None, rules: Rules | None, near: Surroundings
) -> Iterator[Reason]:
    end = _end(at, slot, rules)
    overlapping = [time for time in near.booked if time.start < end and at < time.end]
    if (slot is not None and slot.is_booked) or overlapping:
        yield Reason(ReasonCode.BOOKED, "A session is booked at that time.")
    buffer = rules.buffer if rules else timedelta(0)
    for time in near.booked:
        pause = max(buffer, time.blocked_until - time.end)
        if time not in overlapping and time.start < end + buffer and at < time.end + pause:
            minutes = (buffer if end <= time.start else pause) // timedelta(minutes=1)
            detail = f"A session is nearer than the buffer of {counted(minutes, 'minute')}."
            yield Reason(ReasonCode.BUFFER, detail)
            return


def _busy(at: datetime, slot: Slot | None, rules: Rules | None, near: Surroundings) -> list[Reason]:
    if not _overlaps(near.busy, at, _end(at, slot, rules)):
        return []
    return [
        Reason(ReasonCode.BUSY_CALENDAR, "You are busy at that time according to another calendar.")
    ]


def _end(at: datetime, slot: Slot | None, rules: Rules | None) -> datetime:
    """The end of a session that would start at `at`."""
    if slot is not None:
        return slot.end_time
    return at + (timedelta(minutes=rules.slot_minutes) if rules else timedelta(minutes=1))


def _overlaps(intervals: Sequence[Interval], start: datetime, end: datetime) -> bool:
    return any(begins < end and start < ends for begins, ends in intervals)


def _limits(at: datetime, now: datetime, rules: Rules, near: Surroundings) -> list[Reason]:
    reasons = []
    if now < at < now + rules.notice:
        notice = counted(rules.minimum_notice_minutes, "minute")
        reasons.append(Reason(ReasonCode.MINIMUM_NOTICE, f"It is less than {notice} ahead."))
    if rules.daily_limit is not None and near.sessions_of_day >= rules.daily_limit:
        most = counted(rules.daily_limit, "session")
        detail = f"The day has {near.sessions_of_day} of at most {most}."
        reasons.append(Reason(ReasonCode.DAILY_LIMIT, detail))
    return reasons


def _hours(at: datetime, now: datetime, rules: Rules | None, near: Surroundings) -> list[Reason]:
    """The reasons why no slot starts at `at`."""
    reasons = []
    if rules is not None and at + timedelta(minutes=rules.slot_minutes) > now + rules.horizon:
        days = counted(rules.horizon_days, "day")
        reasons.append(Reason(ReasonCode.BEYOND_HORIZON, f"It is more than {days} ahead."))
    if any(slot.start_time < at < slot.end_time for slot in near.slots):
        return [*reasons, _not_a_start(near)]
    if rules is None:
        return [Reason(ReasonCode.OUTSIDE_HOURS, "There is no slot, and there are no rules.")]
    wall = at.astimezone(ZoneInfo(rules.time_zone)).replace(tzinfo=UTC)
    if _is_within(rules, wall):
        # Slots that have passed or are yet to be generated are not stored.
        is_start = any(start == at for start, _ in slots_between(rules, at - _DAY, at + _DAY))
        would_be_stored = at > now and not reasons
        if is_start and not would_be_stored:
            return reasons
        return [*reasons, _not_a_start(near)]
    return [*reasons, _outside(at, rules, wall)]


def _not_a_start(near: Surroundings) -> Reason:
    starts = ", ".join(f"{slot.start_time:%H:%M}" for slot in near.slots)
    detail = f"Slots near it start at {starts} UTC." if starts else "No slot starts then."
    return Reason(ReasonCode.NOT_A_SLOT_START, detail)


def _is_within(rules: Rules, wall: datetime) -> bool:
    minute = wall.hour * 60 + wall.minute
    return any(window.start <= minute < window.end for window in rules.windows_on(wall.date()))


def _outside(at: datetime, rules: Rules, wall: datetime) -> Reason:
    skipped = _skipped_by_clock(at, rules)
    if skipped is not None and _is_within(rules, skipped):
        detail = f"The clocks go forward: {skipped:%H:%M} does not exist on that day."
        return Reason(ReasonCode.CLOCK_GAP, detail)
    own = [exception for exception in rules.exceptions if exception.date == wall.date()]
    # An exception with its own hours closes only what the weekly hours would have open.
    if own and (own[0].window is None or _is_within(replace(rules, exceptions=[]), wall)):
        return Reason(ReasonCode.CLOSED_BY_EXCEPTION, f"{wall:%Y-%m-%d} has hours of its own.")
    return Reason(ReasonCode.OUTSIDE_HOURS, f"{wall:%A %H:%M} is outside the weekly hours.")


def _skipped_by_clock(at: datetime, rules: Rules) -> datetime | None:
    """The wall-clock time within the gap that would be `at` if the clocks had not just gone
    forward. None if there was no such change.
    """
    zone = ZoneInfo(rules.time_zone)
    wall = at.astimezone(zone).replace(tzinfo=None)
    before = (at - _DAY).astimezone(zone).replace(tzinfo=None) + _DAY
    gap = wall - before
    if gap <= timedelta(0) or (at - gap).astimezone(zone).replace(tzinfo=None) + gap != before:
        return None
    return before.replace(tzinfo=UTC)
