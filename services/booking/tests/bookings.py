"""Bookings for tests of the domain, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from services.booking.domain.model import Booking, Status
from services.booking.domain.policy import terms_at
from services.booking.settings import BookingSettings
from shared.ids import new_id

AT = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
SETTINGS = BookingSettings(database_url="postgresql://x", amqp_url="amqp://x")
POLICY = SETTINGS.policy


def booking_at(
    start: datetime, status: Status, *, hourly_rate: int = 9_999, **fields: Any
) -> Booking:
    """A booking for an hour from `start`, requested at AT under the default terms."""
    end = start + timedelta(hours=1)
    terms = terms_at(AT, start, end, hourly_rate, "usd", POLICY)
    booking = Booking(
        id=new_id(),
        seeker_id=new_id(),
        consultant_id=new_id(),
        slot_id=new_id(),
        status=status,
        message=None,
        scheduled_start=start,
        scheduled_end=end,
        created_at=AT,
        updated_at=AT,
        seeker_first_name="Ada",
        seeker_last_name="Byron",
        consultant_first_name="Grace",
        consultant_last_name="Hopper",
        **msgspec.structs.asdict(terms),
    )
    return msgspec.structs.replace(booking, **fields)
