"""Notifies the affected users: writes stream rows, list rows and mails in the reaction's
transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from uuid import UUID

import msgspec

from services.notifications import signals
from services.notifications.domain.facts import FACTS
from services.notifications.domain.kinds import BY_EVENT
from services.notifications.domain.model import Channel, Due, Facts, Kind, Person, User
from services.notifications.domain.parties import Parties
from services.notifications.mail.texts import path_of, words
from services.notifications.store import announcements, users
from services.notifications.store.announcements import Announcement, Notification, StreamEvent
from services.notifications.store.mails import NewMail, new_mail
from shared.clock import now
from shared.db import Transaction
from shared.deliveries import UNNUMBERED, event_id, event_instant, event_sequence
from shared.events import BookingEvent, BusyCalendarFailed, Event, SessionEnded
from shared.ids import id_as_old_as
from shared.languages import language_or_default

RATING_AFTER = timedelta(hours=1)
UNREAD_AFTER = timedelta(minutes=5)
# Titles and first paragraphs, which the list shows, do not name the brand: the reader is in the
# app.
NO_BRAND = ""
_COMPARED = BookingEvent | BusyCalendarFailed
LIST_FIELDS = ("id", "type", "at", "title", "body", "link")


async def announce(
    db: Transaction, event: Event, parties: Parties, *, live_only: bool = False
) -> None:
    """Writes everything that the table of kinds specifies for this event. `live_only`: in streams
    alone, as what happened, because there is nothing left that its readers must know or do.
    """
    kinds = BY_EVENT[type(event)]
    people: Mapping[UUID, User] = {}
    if not live_only and any(kind.channels != (Channel.LIVE,) for kind in kinds):
        people = await users.by_id(db, set(parties.readers.values()))
    announcement = announcement_of(event, parties, people, live_only=live_only)
    db.write_before_commit(announcements.save, announcement)
    if announcement.streams:
        notified_users = {one.user_id for one in announcement.streams}
        db.after_commit(partial(signals.streams_changed.wake, notified_users))
    if announcement.mails:
        db.after_commit(signals.mails_due.wake)


def announcement_of(
    event: Event, parties: Parties, people: Mapping[UUID, User], *, live_only: bool
) -> Announcement:
    """The announcement of an event to these parties; `people` are those of them who are known."""
    announcement = Announcement()
    for kind in BY_EVENT[type(event)]:
        for role in kind.readers:
            reader_id = parties.readers.get(role)
            if reader_id is None:
                continue
            if Channel.LIVE in kind.channels:
                announcement.streams.append(_live(event, parties, reader_id))
            if live_only:
                continue
            reader = people.get(reader_id)
            is_closed = reader is not None and not reader.is_active
            if (is_closed and not kind.money) or not kind.condition(event):
                continue
            facts = facts_for(event, parties, reader_id)
            if Channel.LIST in kind.channels:
                notification = _notification(kind, facts, parties, reader_id, people)
                announcement.notifications.append(notification)
                announcement.streams.append(_listed(notification))
            if Channel.MAIL in kind.channels and kind.due in (Due.AT_ONCE, Due.AFTER_END):
                announcement.mails.append(_mail(kind, event, facts, parties, reader_id))
    return announcement


def _live(event: Event, parties: Parties, reader_id: UUID) -> StreamEvent:
    name = event.TYPE.rpartition(".")[0]
    facts = {field: getattr(event, field) for field in FACTS.get(type(event), ())}
    data = {"type": name, "at": event_instant(), "booking_id": parties.booking_id, **facts}
    return StreamEvent(reader_id, name, msgspec.json.encode(data).decode())


def facts_for(event: Event, parties: Parties, reader_id: UUID) -> Facts:
    """The facts of `event` for this reader."""
    return Facts(
        event=msgspec.to_builtins(event),
        reader=str(parties.role_of(reader_id)),
        other_id=parties.other_of(reader_id),
        start=parties.start,
        end=parties.end,
        calendar_sequence=parties.calendar_sequence,
        # Compared with those of events about the same proposal, or the same failure.
        sequence=event_sequence() if isinstance(event, _COMPARED) else UNNUMBERED,
    )


def person(user: User | None) -> Person:
    """A user as seen by templates."""
    if user is None:
        return Person()
    language = language_or_default(user.language)
    return Person(user.first_name, user.last_name, user.time_zone, language)


def _notification(
    kind: Kind,
    facts: Facts,
    parties: Parties,
    reader_id: UUID,
    people: Mapping[UUID, User],
) -> Notification:
    other = people.get(facts.other_id) if facts.other_id is not None else None
    if kind.due is Due.UNREAD:
        facts.messages = [{"excerpt": facts.event["excerpt"]}]
    said = words(kind, facts, person(people.get(reader_id)), person(other), NO_BRAND, now())
    return Notification(
        id=id_as_old_as(event_id()),
        user_id=reader_id,
        type=kind.name,
        booking_id=parties.booking_id,
        title=said.title,
        body=said.body,
        link=path_of(kind, facts, parties.booking_id),
        at=event_instant(),
    )


def _listed(notification: Notification) -> StreamEvent:
    shown = {name: getattr(notification, name) for name in LIST_FIELDS}
    data = {
        "type": "notification.created",
        "at": notification.at,
        "booking_id": notification.booking_id,
        "notification": {**shown, "read_at": None},
    }
    return StreamEvent(
        notification.user_id, "notification.created", msgspec.json.encode(data).decode()
    )


def _mail(kind: Kind, event: Event, facts: Facts, parties: Parties, reader_id: UUID) -> NewMail:
    due_at = now()
    if kind.due is Due.AFTER_END:
        assert isinstance(event, SessionEnded)
        due_at = event.session_end_time + RATING_AFTER
    return new_mail(
        kind,
        reader_id,
        fact=str(event_id()),
        context=msgspec.to_builtins(facts),
        due_at=due_at,
        booking_id=parties.booking_id,
        address=getattr(event, kind.address_field) if kind.address_field else None,
    )
