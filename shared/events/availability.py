"""Events of booking about free time: slots, busy calendars and the waitlist."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from shared.events.base import Event


class Interval(msgspec.Struct, frozen=True):
    """The bounds of a free slot: start inclusive, end exclusive."""

    start_time: datetime
    end_time: datetime


class AvailabilityChanged(Event, frozen=True, kw_only=True):
    """A consultant's free time has changed. `free` and `further` together are all free slots, so
    the next event repairs a lost or late one. `further` contains the slots after those in `free`,
    encoded as in `shared/free_time.py`: 2,000 slots in less than 64 kB. As time passes, a slot
    stops being free when its start is nearer than `minimum_notice_minutes`; no event says so.
    """

    TYPE: ClassVar[str] = "availability.changed.v1"
    PRODUCER: ClassVar[str] = "booking"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("directory",)
    AGGREGATE_ID: ClassVar[str] = "consultant_id"
    consultant_id: UUID
    # Unread, and always 0: the decoder of the previous version requires it. The next one drops it
    # (decision 0085).
    version: int = 0
    next_available_at: datetime | None
    free: list[Interval]
    further: list[int] = msgspec.field(default_factory=list)
    minimum_notice_minutes: int = 0


class BusyCalendarFailed(Event, frozen=True, kw_only=True):
    """A consultant's busy calendar could not be read for a day (`since`); its last successfully
    read state remains in effect.
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
    # Unread and no longer filled; the next version drops it (decision 0085).
    last_error: str | None = None


class BusyCalendarFailureEnded(Event, frozen=True, kw_only=True):
    """The failure of a consultant's busy calendar, of which BusyCalendarFailed told, is over: it
    was read again, or the consultant has removed it.
    """

    TYPE: ClassVar[str] = "busy_calendar_failure.ended.v1"
    PRODUCER: ClassVar[str] = "booking"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("notifications",)
    AGGREGATE_ID: ClassVar[str] = "calendar_id"
    calendar_id: UUID
    consultant_id: UUID


class BusyCalendarConflicted(Event, frozen=True, kw_only=True):
    """A consultant's busy calendar has an event that overlaps an existing booking. Nothing is
    cancelled.
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
    """A time for which a seeker is on the waitlist has become free, and it is this seeker's turn to
    be notified.
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
