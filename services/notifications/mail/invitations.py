"""The calendar entry of a booking as a mail carries it (RFC 5546): the same UID always, a SEQUENCE
that grows, instants in UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import icalendar
import msgspec

from shared.clock import now

PRODUCT = "-//Consultant Connect//Bookings//EN"


class Invitation(msgspec.Struct, frozen=True):
    """One booking for one reader. `method` is REQUEST or CANCEL."""

    method: str
    booking_id: UUID
    start: datetime
    end: datetime
    sequence: int
    summary: str
    url: str
    organizer: str
    organizer_name: str
    attendee: str


def calendar_of(invitation: Invitation) -> bytes:
    """The invitation as an iCalendar object."""
    cancelled = invitation.method == "CANCEL"
    event = icalendar.Event()
    event.add("uid", f"{invitation.booking_id}@consultant-connect")
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", now())
    event.add("dtstart", invitation.start.astimezone(UTC))
    event.add("dtend", invitation.end.astimezone(UTC))
    event.add("summary", invitation.summary)
    event.add("url", invitation.url)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    organizer = icalendar.vCalAddress(f"mailto:{invitation.organizer}")
    organizer.params["CN"] = invitation.organizer_name
    event.add("organizer", organizer)
    attendee = icalendar.vCalAddress(f"mailto:{invitation.attendee}")
    attendee.params["PARTSTAT"] = "ACCEPTED"
    attendee.params["ROLE"] = "REQ-PARTICIPANT"
    event.add("attendee", attendee)
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", invitation.method)
    calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written
