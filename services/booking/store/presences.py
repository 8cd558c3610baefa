"""Presence in sessions: one row per booking, updated by each heartbeat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from services.booking.domain.model import Actor, Status
from services.booking.domain.presence import PartyPresence, Presence
from services.booking.tables import bookings, presences
from shared.db import Executor, Query

_NAMES = tuple(column.name for column in presences.columns)
_party_columns = (
    bookings.c.seeker_id,
    bookings.c.consultant_id,
    bookings.c.status,
    bookings.c.session_start_time,
    bookings.c.scheduled_end,
)
# What a heartbeat needs to know, in one statement.
_SESSION = Query(
    select(*_party_columns, *presences.columns)
    .select_from(bookings.outerjoin(presences, presences.c.booking_id == bookings.c.id))
    .where(bookings.c.id == bindparam("booking_id"))
)
_GET = Query(select(presences).where(presences.c.booking_id == bindparam("booking_id")))
_INSERT = Query(
    insert(presences)
    .values({name: bindparam(name) for name in _NAMES})
    .on_conflict_do_nothing()
    .returning(presences.c.booking_id)
)
_UPDATE = Query(
    update(presences)
    .where(
        presences.c.booking_id == bindparam("booking_id"),
        presences.c.accounted_until == bindparam("loaded_until"),
        bookings.c.id == presences.c.booking_id,
        bookings.c.status == bindparam("status"),
        bookings.c.session_start_time.is_not_distinct_from(bindparam("session_start_time")),
        bookings.c.scheduled_end == bindparam("scheduled_end"),
    )
    .values({name: bindparam(name) for name in _NAMES if name != "booking_id"})
    .returning(presences.c.booking_id)
)


class Session(NamedTuple):
    """The fields of a booking on which presence depends."""

    seeker_id: UUID
    consultant_id: UUID
    status: Status
    session_start_time: datetime | None
    scheduled_end: datetime

    def role_of(self, user_id: UUID) -> Actor | None:
        """The role of `user_id`; None if they are not a party."""
        if user_id == self.seeker_id:
            return Actor.SEEKER
        return Actor.CONSULTANT if user_id == self.consultant_id else None


async def get_session(run: Executor, booking_id: UUID) -> tuple[Session, Presence | None] | None:
    """A booking's session and its presence; None if there is no such booking."""
    rows = await run(_SESSION, booking_id=booking_id)
    if not rows:
        return None
    row = rows[0]
    session = Session(
        row["seeker_id"],
        row["consultant_id"],
        Status(row["status"]),
        row["session_start_time"],
        row["scheduled_end"],
    )
    return session, presence_from(row) if row["booking_id"] is not None else None


async def get_presence(run: Executor, booking_id: UUID) -> Presence | None:
    """The presence in a booking's session; None before the first heartbeat."""
    rows = await run(_GET, booking_id=booking_id)
    return presence_from(rows[0]) if rows else None


def presence_from(row: Mapping[str, Any]) -> Presence:
    """A row of `presences` as a Presence."""
    return Presence(
        row["accounted_until"],
        row["joint_microseconds"],
        PartyPresence(row["seeker_since"], row["seeker_until"], row["seeker_microseconds"]),
        PartyPresence(
            row["consultant_since"], row["consultant_until"], row["consultant_microseconds"]
        ),
    )


async def save_presence(
    run: Executor,
    booking_id: UUID,
    presence: Presence,
    session: Session,
    loaded_until: datetime | None,
) -> bool:
    """Replaces the loaded presence, which was accounted until `loaded_until` (None if there was
    none). False if another heartbeat was written in the meantime, or the booking no longer matches
    `session`.
    """
    row = {
        "accounted_until": presence.accounted_until,
        "joint_microseconds": presence.joint_microseconds,
        "seeker_since": presence.seeker.since,
        "seeker_until": presence.seeker.until,
        "seeker_microseconds": presence.seeker.microseconds,
        "consultant_since": presence.consultant.since,
        "consultant_until": presence.consultant.until,
        "consultant_microseconds": presence.consultant.microseconds,
    }
    if loaded_until is None:
        return bool(await run(_INSERT, booking_id=booking_id, **row))
    unchanged = {
        "loaded_until": loaded_until,
        "status": session.status,
        "session_start_time": session.session_start_time,
        "scheduled_end": session.scheduled_end,
    }
    return bool(await run(_UPDATE, booking_id=booking_id, **unchanged, **row))
