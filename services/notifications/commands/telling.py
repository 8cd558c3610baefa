"""Tells whom it concerns: stream rows, list rows and mails, in the transaction of the reaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications import signals
from services.notifications.domain.facts import FACTS
from services.notifications.domain.kinds import BY_EVENT, Channel, Due, Kind, Reader
from services.notifications.mail.words import Facts, Person, path_of, words
from services.notifications.store import lists, mails, streams, users
from shared.clock import now
from shared.db import after_commit
from shared.events import Event, SessionEnded
from shared.ids import new_id
from shared.telemetry import request_context

RATING_AFTER = timedelta(hours=1)
UNREAD_AFTER = timedelta(minutes=5)
BRAND = "Consultant Connect"
OTHER_ROLE = {"seeker": "consultant", "consultant": "seeker"}


class Parties(msgspec.Struct, frozen=True):
    """Who plays which part in an event, and the booking that it is about."""

    readers: Mapping[Reader, UUID]
    booking_id: UUID | None = None
    start: datetime | None = None
    end: datetime | None = None
    calendar_sequence: int = 0

    def role_of(self, user_id: UUID) -> str:
        """Whether a user is addressed as seeker, consultant or owner."""
        for role in (Reader.SEEKER, Reader.CONSULTANT):
            if self.readers.get(role) == user_id:
                return str(role)
        return str(Reader.OWNER)

    def other_of(self, user_id: UUID) -> UUID | None:
        """The other party, where there is one."""
        other = OTHER_ROLE.get(self.role_of(user_id))
        return self.readers.get(Reader(other)) if other is not None else None


def event_id() -> UUID:
    """The id of the event that is being reacted to."""
    cause = request_context.get().causation_id
    assert cause is not None, "a reaction runs for a delivery"
    return UUID(cause)


def happened_at() -> datetime:
    """When the event was made: its id begins with the milliseconds."""
    return datetime.fromtimestamp((event_id().int >> 80) / 1000, UTC)


async def tell(db: AsyncConnection, event: Event, parties: Parties) -> None:
    """Does all rows of the table for this event."""
    people = await users.by_id(db, set(parties.readers.values()))
    added: list[streams.Added] = []
    for kind in BY_EVENT[type(event)]:
        for role in kind.readers:
            reader_id = parties.readers.get(role)
            if reader_id is None:
                continue
            if Channel.LIVE in kind.channels:
                added.append(_live(event, parties, reader_id))
            if kind.condition is None or kind.condition(event):
                added += await _keep(db, kind, event, parties, reader_id, people)
    await streams.add(db, added)
    if added:
        told = {one.user_id for one in added}
        after_commit(db, partial(signals.streams_changed.wake, told))


def _live(event: Event, parties: Parties, reader_id: UUID) -> streams.Added:
    name = event.TYPE.rpartition(".")[0]
    body = msgspec.to_builtins(event)
    facts = {field: body[field] for field in FACTS.get(type(event), ())}
    data = {"type": name, "at": happened_at(), "booking_id": parties.booking_id, **facts}
    return streams.Added(reader_id, name, data)


async def _keep(
    db: AsyncConnection,
    kind: Kind,
    event: Event,
    parties: Parties,
    reader_id: UUID,
    people: Mapping[UUID, RowMapping],
) -> list[streams.Added]:
    reader = people.get(reader_id)
    if reader is not None and not reader["is_active"] and not kind.money:
        return []
    facts = facts_for(event, parties, reader_id)
    added = []
    if Channel.LIST in kind.channels:
        added.append(await _list(db, kind, facts, parties, reader_id, people))
    if Channel.MAIL in kind.channels and kind.due in (Due.AT_ONCE, Due.AFTER_END):
        await _write_mail(db, kind, event, facts, parties, reader_id)
    return added


def facts_for(event: Event, parties: Parties, reader_id: UUID) -> Facts:
    """What there is to say of `event` to this reader."""
    return Facts(
        event=msgspec.to_builtins(event),
        reader=parties.role_of(reader_id),
        other_id=parties.other_of(reader_id),
        start=parties.start,
        end=parties.end,
        calendar_sequence=parties.calendar_sequence,
    )


def person(row: RowMapping | None) -> Person:
    """A user as templates see them."""
    if row is None:
        return Person()
    return Person(row["first_name"], row["last_name"], row["time_zone"])


async def _list(
    db: AsyncConnection,
    kind: Kind,
    facts: Facts,
    parties: Parties,
    reader_id: UUID,
    people: Mapping[UUID, RowMapping],
) -> streams.Added:
    other = people.get(facts.other_id) if facts.other_id is not None else None
    if kind.due is Due.UNREAD:
        facts.messages = [{"excerpt": facts.event["excerpt"]}]
    said = words(kind, facts, person(people.get(reader_id)), person(other), BRAND)
    row: dict[str, Any] = {
        "id": new_id(),
        "user_id": reader_id,
        "type": kind.name,
        "booking_id": parties.booking_id,
        "title": said.title,
        "body": said.body,
        "link": path_of(kind, facts, parties.booking_id),
        "at": happened_at(),
    }
    await lists.add(db, row)
    shown = {name: row[name] for name in ("id", "type", "at", "title", "body", "link")}
    data = {
        "type": "notification.created",
        "at": row["at"],
        "booking_id": parties.booking_id,
        "notification": {**shown, "read_at": None},
    }
    return streams.Added(reader_id, "notification.created", data)


async def _write_mail(
    db: AsyncConnection,
    kind: Kind,
    event: Event,
    facts: Facts,
    parties: Parties,
    reader_id: UUID,
) -> None:
    due_at = now()
    if kind.due is Due.AFTER_END:
        assert isinstance(event, SessionEnded)
        due_at = event.session_end_time + RATING_AFTER
    await mails.write(
        db,
        kind,
        reader_id,
        fact=str(event_id()),
        context=msgspec.to_builtins(facts),
        due_at=due_at,
        booking_id=parties.booking_id,
        address=getattr(event, kind.address_field) if kind.address_field else None,
    )
    after_commit(db, signals.mails_due.wake)
