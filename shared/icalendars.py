"""Bookings as iCalendar (RFC 5545): a permanent UID, an increasing SEQUENCE, instants in UTC.

The library folds and escapes, so user input cannot become a property. It leaves control characters
in, for which calendar programs may refuse the whole file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from uuid import UUID

import icalendar
import msgspec

from shared.languages import Language

PRODUCT = "-//Consultant Connect//Bookings//EN"
MEDIA_TYPE = "text/calendar"  # the framework adds the charset
UID_SUFFIX = "@consultant-connect"
# Without Unicode isolates around the name: calendar programs may show them. The Arabic title begins
# with an Arabic word, so that it is right-to-left as a whole.
SESSION_TITLES: Mapping[Language, str] = {
    "en": "Session with {name}",
    "de": "Sitzung mit {name}",
    "ar": "جلسة مع {name}",
}
_LINE_BREAK = re.compile("\r\n?")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")  # CONTROL of RFC 5545, but for line feeds


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A booking in a calendar. `status` is TENTATIVE, CONFIRMED or CANCELLED. `changed_at` is when
    it last changed, so that an unchanged booking always produces the same bytes.
    """

    booking_id: UUID
    start: datetime
    end: datetime
    sequence: int
    status: str
    summary: str
    url: str
    description: str | None
    created_at: datetime
    changed_at: datetime


def session_title(name: str, language: Language) -> str:
    """The title of an entry, the same in downloads, feeds and mails: it names the other party."""
    return SESSION_TITLES[language].format(name=name)


def uid_of(booking_id: UUID) -> str:
    """The entry's UID, the same in downloads, feeds and mails."""
    return f"{booking_id}{UID_SUFFIX}"


def text_value(text: str) -> icalendar.vText:
    """A TEXT value: line feeds as the only line breaks, and no other control characters."""
    return icalendar.vText(_CONTROL.sub("", _LINE_BREAK.sub("\n", text)))


def calendar_of(entries: Iterable[Entry], name: str | None = None) -> bytes:
    """A calendar for download or subscription; `name` is its display name."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if name is not None:
        # The library would write these two as they are.
        calendar.add("name", text_value(name))
        calendar.add("x-wr-calname", text_value(name))
        calendar.add("refresh-interval;value=duration", "PT15M")
        calendar.add("x-published-ttl", "PT15M")
    for entry in entries:
        calendar.add_component(event_of(entry))
    written: bytes = calendar.to_ical()
    return written


def event_of(entry: Entry) -> icalendar.Event:
    """The entry as a component, for embedding in other calendars."""
    event = icalendar.Event()
    event.add("uid", uid_of(entry.booking_id))
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("created", entry.created_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("dtstart", entry.start.astimezone(UTC))
    event.add("dtend", entry.end.astimezone(UTC))
    event.add("summary", text_value(entry.summary))
    event.add("status", entry.status)
    event.add("transp", "TRANSPARENT" if entry.status == "CANCELLED" else "OPAQUE")
    event.add("url", entry.url)
    if entry.description:
        event.add("description", text_value(entry.description))
    return event
