"""The data needed before a mail is sent, in one read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import DateTime, Uuid, and_, bindparam, func, select

from services.notifications.domain.model import Category, Mail, Person
from services.notifications.store.preferences import WantedCategories
from services.notifications.tables import bookings, mails, message_reads, preferences, users
from shared.db import Executor, Query
from shared.languages import language_or_default


class BookingState(msgspec.Struct, frozen=True):
    """The current state of a mail's booking. `proposal_sequence` is the sequence of the newest
    event about a proposal; None if there was none.
    """

    status: str
    scheduled_start: datetime
    scheduled_end: datetime
    calendar_sequence: int
    proposal_sequence: int | None
    is_rated: bool
    owes_nothing: bool


class Situation(msgspec.Struct, frozen=True):
    """A mail's reader and the other party, the reader's preferences, and the current state of the
    booking. `booking` is None if the mail has no known booking. `sent_lately` is the number of
    mails sent to the reader within the given time.
    """

    reader: Person
    other: Person | None
    email: str | None
    is_active: bool
    unsubscribe_key: bytes
    preferences: WantedCategories
    booking: BookingState | None
    read_up_to: UUID | None
    sent_lately: int


_reader, _other = users.alias("reader"), users.alias("other")
_booking_id = bindparam("booking_id", type_=Uuid)
_sent_lately = (
    select(func.count())
    .where(
        mails.c.user_id == _reader.c.user_id,
        mails.c.state == "sent",
        mails.c.ended_at > bindparam("since", type_=DateTime(timezone=True)),
    )
    .scalar_subquery()
)
_SITUATION = Query(
    select(
        _reader.c.first_name,
        _reader.c.last_name,
        _reader.c.time_zone,
        _reader.c.language,
        _reader.c.email,
        _reader.c.is_active,
        _reader.c.unsubscribe_key,
        _other.c.user_id.label("other_id"),
        _other.c.first_name.label("other_first_name"),
        _other.c.last_name.label("other_last_name"),
        *(preferences.c[str(category)].label(f"wants_{category}") for category in Category),
        *(bookings.c[name] for name in BookingState.__struct_fields__),
        message_reads.c.up_to,
        _sent_lately.label("sent_lately"),
    )
    .select_from(
        _reader.outerjoin(_other, _other.c.user_id == bindparam("other_id", type_=Uuid))
        .outerjoin(preferences, preferences.c.user_id == _reader.c.user_id)
        .outerjoin(bookings, bookings.c.booking_id == _booking_id)
        .outerjoin(
            message_reads,
            and_(
                message_reads.c.booking_id == _booking_id,
                message_reads.c.reader_id == _reader.c.user_id,
            ),
        )
    )
    .where(_reader.c.user_id == bindparam("user_id", type_=Uuid))
)


async def situation_of(
    run: Executor, mail: Mail, other_id: UUID | None, since: datetime
) -> Situation | None:
    """The situation of a mail; None if its reader is not known yet."""
    rows = await run(
        _SITUATION,
        user_id=mail.user_id,
        booking_id=mail.booking_id,
        other_id=other_id,
        since=since,
    )
    if not rows:
        return None
    row = rows[0]
    other = None
    if row["other_id"] is not None:
        other = Person(row["other_first_name"], row["other_last_name"])
    booking = None
    if row["status"] is not None:
        booking = BookingState(**{name: row[name] for name in BookingState.__struct_fields__})
    return Situation(
        reader=Person(
            row["first_name"],
            row["last_name"],
            row["time_zone"],
            language_or_default(row["language"]),
        ),
        other=other,
        email=row["email"],
        is_active=row["is_active"],
        unsubscribe_key=row["unsubscribe_key"],
        preferences={category: row[f"wants_{category}"] is not False for category in Category},
        booking=booking,
        read_up_to=row["up_to"],
        sent_lately=row["sent_lately"],
    )
