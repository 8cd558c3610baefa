"""Bookings in calendars."""

from uuid import UUID

import msgspec

from services.booking.domain import model
from services.booking.domain.calendar import calendar_status, name_of_other
from shared.icalendars import Entry, session_title
from shared.languages import Language


class CalendarFeed(msgspec.Struct, frozen=True):
    """The address from which calendar programs read my bookings."""

    url: str


def calendar_entry(
    booking: model.Booking, reader: UUID, language: Language, public_url: str
) -> Entry:
    """A booking as an entry in the calendar of one of its parties, in their language."""
    role = booking.role_of(reader)
    assert role is not None, "readers of a calendar are parties of its bookings"
    return Entry(
        booking_id=booking.id,
        start=booking.scheduled_start,
        end=booking.scheduled_end,
        sequence=booking.calendar_sequence,
        status=calendar_status(booking),
        summary=session_title(name_of_other(booking, role), language),
        url=f"{public_url.rstrip('/')}/booking/{booking.id}",
        description=booking.message,
        created_at=booking.created_at,
        changed_at=booking.updated_at,
    )
