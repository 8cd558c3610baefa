"""Weekly rules in requests and responses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec

from services.booking.domain.explanation import Reason, ReasonCode
from services.booking.domain.offered_times import overlapping
from services.booking.domain.rules import DayException, Window, slot_length_errors, whole_minutes
from services.booking.domain.rules import Rules as DomainRules
from services.booking.queries.rules import RulesAndSlots
from services.booking.settings import BookingSettings
from shared.counts import counted
from shared.fields import Day, RequestBody, TimeZone
from shared.rules import ValidFields

Clock = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["09:00"])]
ClosingClock = Annotated[
    str, msgspec.Meta(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", examples=["12:00"])
]
SlotMinutes = Annotated[
    int,
    msgspec.Meta(
        ge=15,
        le=480,
        examples=[60],
        description="The length of a slot; not below `minimum_slot_seconds` of `/config`.",
    ),
]


class WeeklyWindow(RequestBody, frozen=True):
    """A weekly period; `weekday` 1 is Monday, times are wall-clock times in the time zone."""

    weekday: Annotated[int, msgspec.Meta(ge=1, le=7)]
    start: Clock
    end: ClosingClock

    @staticmethod
    def related_errors(fields: ValidFields) -> Iterable[tuple[str, str]]:
        """An end that is not after the start."""
        return _clock_errors(fields)


class ExceptionEntry(RequestBody, frozen=True, omit_defaults=True):
    """Replaces a date's weekly hours: `closed`, or a window. Several windows on a date are several
    entries.
    """

    date: Day
    closed: bool = False
    start: Clock | None = None
    end: ClosingClock | None = None

    @staticmethod
    def related_errors(fields: ValidFields) -> Iterable[tuple[str, str]]:
        """Times on a closed day, and a day that is open without them."""
        if "closed" not in fields.invalid:
            for name in ("start", "end"):
                if fields.get("closed", False) and fields.get(name) is not None:
                    yield name, "must be absent on a closed day"
                elif not fields.get("closed", False) and fields.get(name) is None:
                    yield name, "is required unless the day is closed"
        yield from _clock_errors(fields)


class NewRules(RequestBody, frozen=True):
    """A consultant's weekly rules."""

    time_zone: TimeZone
    weekly: Annotated[list[WeeklyWindow], msgspec.Meta(max_length=50)]
    slot_minutes: SlotMinutes
    buffer_minutes: Annotated[int, msgspec.Meta(ge=0, le=240)] = 0
    minimum_notice_minutes: Annotated[int, msgspec.Meta(ge=0, le=43_200)] = 0
    horizon_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 60
    daily_limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] | None = None
    exceptions: Annotated[list[ExceptionEntry], msgspec.Meta(max_length=400)] = msgspec.field(
        default_factory=list
    )

    @staticmethod
    def related_errors(fields: ValidFields) -> Iterable[tuple[str, str]]:
        """Overlapping windows of one day, and windows of a day that another entry closes."""
        windows: dict[object, dict[str, Window]] = defaultdict(dict)
        for index, entry in enumerate(fields.get("weekly", ())):
            if entry is not None:
                windows[entry.weekday][f"weekly[{index}]"] = _window(entry.start, entry.end)
        exceptions = fields.get("exceptions", ())
        closed = {entry.date for entry in exceptions if entry is not None and entry.closed}
        for index, entry in enumerate(exceptions):
            if entry is not None and not entry.closed:
                field = f"exceptions[{index}]"
                windows[entry.date][field] = _window(entry.start, entry.end)
                if entry.date in closed:
                    yield f"{field}.date", "is closed by another entry"
        for entries in windows.values():
            spans = [(window.start, window.end, field) for field, window in entries.items()]
            for later, earlier in overlapping(spans):
                yield f"{later}.start", f"overlaps {earlier}"

    @staticmethod
    def command_errors(fields: ValidFields, settings: BookingSettings) -> Iterable[tuple[str, str]]:
        """Slots below the minimum."""
        if "slot_minutes" not in fields:
            return ()
        length = timedelta(minutes=fields["slot_minutes"])
        return slot_length_errors(length, settings.shortest_slot)


class Rules(msgspec.Struct, frozen=True):
    """The rules, the number of their slots that can be requested, when the first starts, and
    warnings.
    """

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


def rules_from_schema(data: NewRules) -> DomainRules:
    """The rules in a request."""
    weekly: dict[int, list[Window]] = defaultdict(list)
    for entry in data.weekly:
        weekly[entry.weekday].append(_window(entry.start, entry.end))
    return DomainRules(
        data.time_zone,
        dict(weekly),
        data.slot_minutes,
        data.buffer_minutes,
        data.minimum_notice_minutes,
        data.horizon_days,
        data.daily_limit,
        [
            DayException(one.date, None)
            if one.start is None or one.end is None
            else DayException(one.date, _window(one.start, one.end))
            for one in data.exceptions
        ],
    )


def _window(start: str, end: str) -> Window:
    return Window(_minutes(start), _minutes(end))


def _clock_errors(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    start, end = fields.get("start"), fields.get("end")
    if start is not None and end is not None and _minutes(end) <= _minutes(start):
        yield "end", "must be after start"


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def rules_schema(found: RulesAndSlots, shortest: timedelta) -> Rules:
    """Rules as a response; `shortest` is the current minimum length of slots."""
    rules = found.rules
    warnings = []
    if rules.slot_length < shortest:
        warnings.append(
            f"Slots of {counted(rules.slot_minutes, 'minute')} are shorter than the minimum, which"
            f" is now {counted(whole_minutes(shortest), 'minute')}: these rules generate no more."
        )
    if found.slots == 0:
        days = counted(rules.horizon_days, "day")
        warnings.append(f"These rules give no free slot within {days}.")
    return Rules(
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
    """Whether a session can be requested at `at`, and all reasons why not."""

    at: datetime
    offered: bool
    reasons: list[ExplanationReason]


def explanation_schema(at: datetime, reasons: list[Reason]) -> Explanation:
    """The reasons as a response."""
    shown = [ExplanationReason(reason.code, reason.detail) for reason in reasons]
    return Explanation(at, not shown, shown)
