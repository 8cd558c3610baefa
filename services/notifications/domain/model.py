"""The data of lists, templates and the sender. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services.notifications.domain.formats import one_line
from shared.languages import DEFAULT, Language


class Facts(msgspec.Struct):
    """The facts of a mail, as stored in its row: the event, the role in which the reader is
    addressed, the other party, and the session's times. `sequence` is that of an event about a
    booking, UNNUMBERED otherwise. `next_reminder_at` is when the next reminder takes the place of
    this one.
    """

    event: dict[str, Any] = {}
    reader: str = "owner"
    other_id: UUID | None = None
    start: datetime | None = None
    end: datetime | None = None
    calendar_sequence: int = 0
    sequence: int = 0
    next_reminder_at: datetime | None = None
    messages: list[dict[str, Any]] = []


class Mail(msgspec.Struct, frozen=True):
    """A mail that this process has claimed, until `leased_until`. `context` is a `Facts` as JSON
    text. `attempts` includes the current one. `address` is None if the mail goes to the reader's
    current address.
    """

    id: UUID
    user_id: UUID
    kind: str
    booking_id: UUID | None
    address: str | None
    context: str
    due_at: datetime
    give_up_at: datetime
    attempts: int
    leased_until: datetime
    last_error: str | None
    created_at: datetime


class PendingMail(msgspec.Struct, frozen=True):
    """A mail that nobody has claimed yet. `context` is a `Facts` in JSON form."""

    id: UUID
    context: dict[str, Any]


class Person(msgspec.Struct):
    """A reader or the other party: names, time zone, and the language in which they read."""

    first_name: str = ""
    last_name: str = ""
    time_zone: str = "UTC"
    language: Language = DEFAULT

    @property
    def name(self) -> str:
        """Both names on one line."""
        return one_line(f"{self.first_name} {self.last_name}", 80)


class User(msgspec.Struct, frozen=True):
    """A user of the projection. `language` is None until they choose one; `unsubscribe_key` signs
    the links in their mails.
    """

    user_id: UUID
    first_name: str
    last_name: str
    time_zone: str
    language: str | None
    is_active: bool
    unsubscribe_key: bytes


class Booking(msgspec.Struct, frozen=True):
    """A booking of the projection: its parties and times, the SEQUENCE of its calendar entry, and
    the sequence of the payment's last event about a debt.
    """

    booking_id: UUID
    seeker_id: UUID
    consultant_id: UUID
    scheduled_start: datetime
    scheduled_end: datetime
    calendar_sequence: int
    debt_sequence: int | None


class ConfirmedBooking(Booking, frozen=True):
    """A confirmed booking, and since when it is confirmed for its current start; None if that was
    before the projection recorded it.
    """

    status_at: datetime | None


class EarlyEvent(msgspec.Struct, frozen=True):
    """An event that arrived before its booking was known; `body` is its JSON text."""

    event_id: UUID
    type: str
    body: str
    sequence: int


class ListedNotification(msgspec.Struct, frozen=True):
    """One of a user's notifications. `link` is a path in the web app."""

    id: UUID
    type: str
    at: datetime
    title: str
    body: str
    link: str
    read_at: datetime | None
