"""Request and response bodies of the notifications API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from services.notifications.domain.model import Category, ListedNotification
from shared.fields import RequestBody
from shared.rules import ValidFields


class Notification(msgspec.Struct, frozen=True):
    """Something that concerns the user. `link` is a path in the web app."""

    id: UUID
    type: str
    at: datetime
    title: str
    body: str
    link: str
    read_at: datetime | None


def notification_schema(notification: ListedNotification) -> Notification:
    """The notification as its owner sees it."""
    return Notification(
        id=notification.id,
        type=notification.type,
        at=notification.at,
        title=notification.title,
        body=notification.body,
        link=notification.link,
        read_at=notification.read_at,
    )


class NotificationSummary(msgspec.Struct, frozen=True):
    """The number of unread notifications."""

    unread: int


class ReadNotifications(RequestBody, frozen=True):
    """Which notifications were read: `ids`, or `up_to` and all before it. Exactly one of them is
    given.
    """

    ids: Annotated[list[UUID], msgspec.Meta(max_length=1_000)] | msgspec.UnsetType = msgspec.UNSET
    up_to: UUID | msgspec.UnsetType = msgspec.UNSET

    @staticmethod
    def related_errors(fields: ValidFields) -> Iterable[tuple[str, str]]:
        """None of the two, or both."""
        if {"ids", "up_to"} <= fields.keys():
            yield "ids", "must not be given with up_to"
        elif (fields.keys() | fields.invalid).isdisjoint(("ids", "up_to")):
            yield "ids", "is required unless up_to is given"


class EmailPreferences(RequestBody, frozen=True):
    """Which categories of mail are wanted. Mails that a user must receive are sent regardless."""

    bookings: bool
    reminders: bool
    payments: bool
    messages: bool
    ratings: bool


class Preferences(RequestBody, frozen=True):
    """A user's notification preferences."""

    email: EmailPreferences


def preferences_from_schema(data: Preferences) -> dict[Category, bool]:
    """Which categories a user wants, in a request."""
    return {category: getattr(data.email, category) for category in Category}


def preferences_schema(wanted: Mapping[Category, bool]) -> Preferences:
    """The preferences of a user who wants these categories."""
    return Preferences(EmailPreferences(**{str(name): is_on for name, is_on in wanted.items()}))


class Unsubscribe(RequestBody, frozen=True):
    """The token of a mail's link; `all` switches off all optional mails."""

    token: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    all: bool = False
