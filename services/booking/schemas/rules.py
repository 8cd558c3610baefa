"""Weekly rules as clients send and get them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from itertools import pairwise
from typing import Annotated

import msgspec

from services.booking.domain.explanation import Reason, ReasonCode
from services.booking.domain.rules import DayException, Rules, Window
from services.booking.queries.rules import RulesAndSlots
from services.booking.schemas import Request
from shared.fields import TimeZone
from shared.problems import FieldError, ValidationFailed

Clock = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["09:00"])]
ClosingClock = Annotated[
    str, msgspec.Meta(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", examples=["12:00"])
]


class WeeklyWindow(Request, frozen=True):
    """A stretch of each week; `weekday` 1 is Monday, times are wall-clock times of the zone."""

    weekday: Annotated[int, msgspec.Meta(ge=1, le=7)]
    start: Clock
    end: ClosingClock


class ExceptionEntry(Request, frozen=True, omit_defaults=True):
    """What replaces a date's weekly hours: `closed`, or a window. Several windows on a date are
    several entries.
    """

    date: date
    closed: bool = False
    start: Clock | None = None
    end: ClosingClock | None = None


class NewRules(Request, frozen=True):
    """When a consultant works, said once."""

    time_zone: TimeZone
    weekly: Annotated[list[WeeklyWindow], msgspec.Meta(max_length=50)]
    slot_minutes: Annotated[int, msgspec.Meta(ge=15, le=480)]
    buffer_minutes: Annotated[int, msgspec.Meta(ge=0, le=240)] = 0
    minimum_notice_minutes: Annotated[int, msgspec.Meta(ge=0, le=43_200)] = 0
    horizon_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 60
    daily_limit: Annotated[int, msgspec.Meta(ge=1, le=96)] | None = None
    exceptions: Annotated[list[ExceptionEntry], msgspec.Meta(max_length=400)] = msgspec.field(
        default_factory=list
    )


class RulesAnswer(msgspec.Struct, frozen=True):
    """The rules, how many free slots they give, when the first starts, and what to look at."""

    time_zone: str
    weekly: list[WeeklyWindow]
    slot_minutes: int
    buffer_minutes: int
    minimum_notice_minutes: int
    horizon_days: int
    daily_limit: int | None
    exceptions: list[ExceptionEntry]
    slots: int
    next_slot: datetime | None
    warnings: list[str]


def rules_from_schema(data: NewRules) -> Rules:
    """The rules that a client sends. Raises ValidationFailed naming every bad entry."""
    errors: list[FieldError] = []
    weekly: dict[int, list[Window]] = defaultdict(list)
    named: dict[object, list[tuple[str, Window]]] = defaultdict(list)
    for index, entry in enumerate(data.weekly):
        window = _window(f"weekly[{index}]", entry.start, entry.end, errors)
        if window is not None:
            weekly[entry.weekday].append(window)
            named[entry.weekday].append((f"weekly[{index}]", window))
    exceptions: list[DayException] = []
    closed = {entry.date for entry in data.exceptions if entry.closed}
    for index, exception in enumerate(data.exceptions):
        field = f"exceptions[{index}]"
        made = _exception(field, exception, errors)
        if made is None:
            continue
        exceptions.append(made)
        if made.window is not None:
            named[made.date].append((field, made.window))
            if made.date in closed:
                errors.append(FieldError(f"{field}.date", "is closed by another entry"))
    for entries in named.values():
        errors += _overlaps(entries)
    if errors:
        raise ValidationFailed(errors)
    return Rules(
        data.time_zone,
        dict(weekly),
        data.slot_minutes,
        data.buffer_minutes,
        data.minimum_notice_minutes,
        data.horizon_days,
        data.daily_limit,
        exceptions,
    )


def _exception(field: str, entry: ExceptionEntry, errors: list[FieldError]) -> DayException | None:
    if entry.closed:
        errors += [
            FieldError(f"{field}.{name}", "must be absent on a closed day")
            for name in ("start", "end")
            if getattr(entry, name) is not None
        ]
        return DayException(entry.date, None)
    if entry.start is None or entry.end is None:
        errors += [
            FieldError(f"{field}.{name}", "is required unless the day is closed")
            for name in ("start", "end")
            if getattr(entry, name) is None
        ]
        return None
    window = _window(field, entry.start, entry.end, errors)
    return DayException(entry.date, window) if window is not None else None


def _window(field: str, start: str, end: str, errors: list[FieldError]) -> Window | None:
    window = Window(_minutes(start), _minutes(end))
    if window.end <= window.start:
        errors.append(FieldError(f"{field}.end", "must be after start"))
        return None
    return window


def _overlaps(entries: list[tuple[str, Window]]) -> list[FieldError]:
    in_order = sorted(entries, key=lambda entry: entry[1])
    return [
        FieldError(f"{field}.start", f"overlaps {before}")
        for (before, earlier), (field, later) in pairwise(in_order)
        if later.start < earlier.end
    ]


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def rules_schema(found: RulesAndSlots) -> RulesAnswer:
    """Rules as clients get them."""
    rules = found.rules
    warnings = []
    if found.slots == 0:
        warnings.append(f"These rules give no free slot within {rules.horizon_days} days.")
    return RulesAnswer(
        time_zone=rules.time_zone,
        weekly=[
            WeeklyWindow(weekday, _clock(window.start), _clock(window.end))
            for weekday in sorted(rules.weekly)
            for window in sorted(rules.weekly[weekday])
        ],
        slot_minutes=rules.slot_minutes,
        buffer_minutes=rules.buffer_minutes,
        minimum_notice_minutes=rules.minimum_notice_minutes,
        horizon_days=rules.horizon_days,
        daily_limit=rules.daily_limit,
        exceptions=[
            ExceptionEntry(entry.date, closed=True)
            if entry.window is None
            else ExceptionEntry(
                entry.date, start=_clock(entry.window.start), end=_clock(entry.window.end)
            )
            for entry in rules.exceptions
        ],
        slots=found.slots,
        next_slot=found.next_slot,
        warnings=warnings,
    )


class ExplanationReason(msgspec.Struct, frozen=True):
    """One reason why no session can be requested."""

    code: ReasonCode
    detail: str


class Explanation(msgspec.Struct, frozen=True):
    """Whether a session can be requested `at`, and every reason why not."""

    at: datetime
    offered: bool
    reasons: list[ExplanationReason]


def explanation_schema(at: datetime, reasons: list[Reason]) -> Explanation:
    """The reasons as the consultant sees them."""
    shown = [ExplanationReason(reason.code, reason.detail) for reason in reasons]
    return Explanation(at, not shown, shown)
