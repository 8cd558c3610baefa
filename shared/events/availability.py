"""What booking tells of free time: of slots, other calendars and the waitlist."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from shared.events.base import Event


class Interval(msgspec.Struct, frozen=True):
    """A free slot's bounds, start inclusive, end exclusive."""

    start_time: datetime
    end_time: datetime


class AvailabilityChanged(Event, frozen=True, kw_only=True):
    """A consultant's free time has changed. `free` and `further` are the whole of it, so that a
    lost or late event heals with the next; `version` grows with every change. `further` are the
    slots after those of `free`, in the form of `shared/free_time.py`: 2,000 in less than 64 kB.
    """

    TYPE: ClassVar[str] = "availability.changed.v1"
    PRODUCER: ClassVar[str] = "booking"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("directory",)
    AGGREGATE_ID: ClassVar[str] = "consultant_id"
    consultant_id: UUID
    version: int
    next_available_at: datetime | None
    free: list[Interval]
    further: list[int] = msgspec.field(default_factory=list)


class BusyCalendarFailed(Event, frozen=True, kw_only=True):
    """A consultant's busy calendar could not be read for a day (`since`); its last good state still
    holds.
    """

    TYPE: ClassVar[str] = "busy_calendar.failed.v1"
    PRODUCER: ClassVar[str] = "booking"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("notifications",)
    AGGREGATE_ID: ClassVar[str] = "calendar_id"
    calendar_id: UUID
    consultant_id: UUID
    name: str
    host: str
    since: datetime
    last_error: str | None = None


class BusyCalendarConflicted(Event, frozen=True, kw_only=True):
    """A consultant's busy calendar has an event at the time of a booking that was made before.
    Nothing is cancelled.
    """

    TYPE: ClassVar[str] = "busy_calendar.conflicted.v1"
    PRODUCER: ClassVar[str] = "booking"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("notifications",)
    AGGREGATE_ID: ClassVar[str] = "calendar_id"
    calendar_id: UUID
    consultant_id: UUID
    name: str
    host: str
    booking_id: UUID
    scheduled_start: datetime
    scheduled_end: datetime


class WaitlistTimeFreed(Event, frozen=True, kw_only=True):
    """A time that a seeker on the waitlist waits for has become free; it is their turn to hear of
    it.
    """

    TYPE: ClassVar[str] = "waitlist_time.freed.v1"
    PRODUCER: ClassVar[str] = "booking"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("notifications",)
    AGGREGATE_ID: ClassVar[str] = "waitlist_entry_id"
    waitlist_entry_id: UUID
    seeker_id: UUID
    consultant_id: UUID
    slot_id: UUID
    start_time: datetime
    end_time: datetime
