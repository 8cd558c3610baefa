"""Slots, and a slot as a seeker can book it. Instants in UTC."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec


class Slot(msgspec.Struct, frozen=True):
    """A time that a consultant offers; `is_booked` while a live or completed booking holds it."""

    id: UUID
    consultant_id: UUID
    start_time: datetime
    end_time: datetime
    is_booked: bool
    created_at: datetime
    updated_at: datetime


class Offer(msgspec.Struct, frozen=True):
    """A slot as a seeker can book it: its price (per hour), whether another calendar keeps the
    consultant busy then, what their rules ask of a booking, and the names of both parties.
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
        """Whether requests for this consultant's time must come one by one: a day takes only so
        many, or pauses make bookings of different slots meet.
        """
        return self.daily_limit is not None or bool(self.buffer_minutes)

    def is_requestable(self, at: datetime) -> bool:
        """Whether the slot is free, has not begun, is hidden by no calendar, and keeps the notice
        of the consultant's rules.
        """
        if self.is_booked or self.is_busy or self.start_time <= at:
            return False
        return self.start_time >= at + timedelta(minutes=self.minimum_notice_minutes or 0)
