"""A booking as a calendar entry in a mail: an invitation or its cancellation (RFC 5546)."""

from __future__ import annotations

from urllib.parse import quote

import icalendar
import msgspec

from shared.icalendars import PRODUCT, Entry, event_of

# Characters of an address that a mailto URI has as they are (RFC 6068, section 2).
_IN_MAILTO = "@!$'*+,;:"


class Invitation(msgspec.Struct, frozen=True):
    """One booking for one reader. `method` is REQUEST or CANCEL; addresses have no scheme."""

    method: str
    entry: Entry
    organizer: str
    organizer_name: str
    attendee: str


def invitation_of(invitation: Invitation) -> bytes:
    """The invitation as an iCalendar object."""
    event = event_of(invitation.entry)
    organizer = icalendar.vCalAddress(f"mailto:{invitation.organizer}")
    organizer.params["CN"] = invitation.organizer_name
    event.add("organizer", organizer)
    attendee = icalendar.vCalAddress(f"mailto:{quote(invitation.attendee, safe=_IN_MAILTO)}")
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
