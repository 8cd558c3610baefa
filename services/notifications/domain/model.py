"""What a row of the table of kinds (`kinds.py`) consists of, and the data of lists, templates and
the sender. Pure.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from services.notifications.domain.conditions import always
from services.notifications.domain.lines import one_line
from shared import events as e
from shared.languages import DEFAULT, Language

# Mails about something this recent are sent in order, whatever has happened since.
PROMPT = timedelta(minutes=2)


class Reader(StrEnum):
    """Recipients, as the event's fields name them."""

    SEEKER = "seeker"
    CONSULTANT = "consultant"
    OWNER = "owner"  # of the account
    PROPOSER = "proposer"  # of another time
    OTHER = "other party"  # other than the proposer
    AUTHOR = "author"
    RECIPIENT = "recipient"


class Channel(StrEnum):
    """How a reader is notified."""

    LIVE = "live"  # in the event stream
    LIST = "list"  # in the notification list
    MAIL = "mail"


class Category(StrEnum):
    """What a reader can switch off. A mail without a category is always sent."""

    BOOKINGS = "bookings"
    REMINDERS = "reminders"
    PAYMENTS = "payments"
    MESSAGES = "messages"
    RATINGS = "ratings"


class Due(StrEnum):
    """When a mail is to be sent."""

    AT_ONCE = "at once"
    REMINDERS = "before the start, as REMINDER_SECONDS says"
    AFTER_END = "1 hour after the end"
    UNREAD = "after 5 minutes, if not read by then"


class Void(msgspec.Struct, frozen=True):
    """When a pending mail is void because its subject is over.

    `statuses`: once the booking has one of these. `after`: after the session's `start` or `end`, or
    the instant in this field of the event. `moved`: once the booking has another time than the mail
    says. `answered`: once the consultant has answered the request, or cannot do so any more, if the
    mail asks them to. `proposal_closed`: once the proposal is answered, withdrawn, expired or
    replaced by another one. `time_taken`: once the consultant has a booking at that time.
    `failure_ended`: once the calendar was read or removed. `rated`: once the session is rated.
    `owes_nothing`: once the seeker owes nothing for it.
    """

    statuses: tuple[str, ...] = ()
    after: str | None = None
    moved: bool = False
    answered: bool = False
    proposal_closed: bool = False
    time_taken: bool = False
    failure_ended: bool = False
    rated: bool = False
    owes_nothing: bool = False


class Kind(msgspec.Struct, frozen=True):
    """One row: the notification `name` that these readers of `event` receive. `money` kinds are
    also sent to closed accounts. A mail with a link that expires must be sent within
    `valid_seconds`.
    """

    name: str
    event: type[e.Event]
    readers: tuple[Reader, ...]
    channels: tuple[Channel, ...]
    category: Category | None = None
    void: Void = Void()
    due: Due = Due.AT_ONCE
    condition: Callable[[Any], bool] = always
    link: str = "/booking/{booking_id}"
    calendar: str | None = None
    money: bool = False
    address_field: str | None = None
    valid_seconds: int | None = None


class Facts(msgspec.Struct):
    """The facts of a mail, as stored in its row: the event, the role in which the reader is
    addressed, the other party, and the session's times. `sequence` is that of an event about a
    booking or a failing calendar, UNNUMBERED otherwise. `next_reminder_at` is when the next
    reminder takes the place of this one.
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
