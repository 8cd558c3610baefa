"""A row of the table of notifications (`kinds.py`): who is notified of what, when and how. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Any

import msgspec

from services.notifications.domain.conditions import always
from shared import events as e

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
    replaced by another one. `time_taken`: once the consultant has a booking at that time. `rated`:
    once the session is rated. `owes_nothing`: once the seeker owes nothing for it.
    """

    statuses: tuple[str, ...] = ()
    after: str | None = None
    moved: bool = False
    answered: bool = False
    proposal_closed: bool = False
    time_taken: bool = False
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
