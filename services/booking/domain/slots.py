"""Slots and offers. Instants are in UTC."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec


class Slot(msgspec.Struct, frozen=True):
    """A time that a consultant offers. `is_booked` is true while a booking or a proposal has it,
    and stays true after a session, or one that was missed.
    """

    id: UUID
    consultant_id: UUID
    start_time: datetime
    end_time: datetime
    is_booked: bool
    created_at: datetime
    updated_at: datetime


class Offer(msgspec.Struct, frozen=True):
    """A slot with what is needed to book it: hourly rate, whether the consultant is busy according
    to another calendar, the limits of their rules, and the names of both parties.
    """

    start_time: datetime
    end_time: datetime
    is_booked: bool
    hourly_rate: int
    currency: str
    seeker_is_active: bool
    is_busy: bool
    minimum_notice_minutes: int | None
    buffer_minutes: int | None
    daily_limit: int | None
    time_zone: str | None
    seeker_first_name: str
    seeker_last_name: str
    consultant_first_name: str
    consultant_last_name: str

    @property
    def is_bounded(self) -> bool:
        """Whether requests for this consultant must be processed one at a time, because of a daily
        limit or a buffer.
        """
        return self.daily_limit is not None or bool(self.buffer_minutes)

    def is_requestable(self, at: datetime) -> bool:
        """Whether the slot is free, has not begun, is not hidden by a calendar, and respects the
        minimum notice.
        """
        if self.is_booked or self.is_busy or self.start_time <= at:
            return False
        return self.start_time >= at + timedelta(minutes=self.minimum_notice_minutes or 0)
