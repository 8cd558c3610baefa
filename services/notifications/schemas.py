"""What the API of notifications takes and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec


class Notification(msgspec.Struct):
    """Something that a user was told. `link` is a path of the web app."""

    id: UUID
    type: str
    at: datetime
    title: str
    body: str
    link: str
    read_at: datetime | None


class Summary(msgspec.Struct):
    """How many notifications the user has not read."""

    unread: int


class ReadNotifications(msgspec.Struct, forbid_unknown_fields=True):
    """Which notifications were read: these, or that one and all before it. Exactly one is given."""

    ids: Annotated[list[UUID], msgspec.Meta(max_length=1_000)] | msgspec.UnsetType = msgspec.UNSET
    up_to: UUID | msgspec.UnsetType = msgspec.UNSET


class EmailPreferences(msgspec.Struct, forbid_unknown_fields=True):
    """Which kinds of mail are wanted. What must be known or done is sent whatever it says."""

    bookings: bool
    reminders: bool
    payments: bool
    messages: bool
    ratings: bool


class Preferences(msgspec.Struct, forbid_unknown_fields=True):
    """What a user wants to be told, and how."""

    email: EmailPreferences


class Unsubscribe(msgspec.Struct, forbid_unknown_fields=True):
    """The token of a mail's link; `all` switches off everything that may be switched off."""

    token: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    all: bool = False
