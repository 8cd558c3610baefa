"""Presence in sessions: one row per booking, rewritten by each heartbeat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from services.booking.domain.presence import PartyPresence, Presence
from services.booking.tables import presences
from shared.db import Executor, Query

_NAMES = tuple(column.name for column in presences.columns)
_GET = Query(select(presences).where(presences.c.booking_id == bindparam("which")))
_INSERT = Query(
    insert(presences)
    .values({name: bindparam(name) for name in _NAMES})
    .on_conflict_do_nothing()
    .returning(presences.c.booking_id)
)
_UPDATE = Query(
    update(presences)
    .where(
        presences.c.booking_id == bindparam("which"),
        presences.c.accounted_until == bindparam("loaded_until"),
    )
    .values({name: bindparam(name) for name in _NAMES if name != "booking_id"})
    .returning(presences.c.booking_id)
)


async def get_presence(run: Executor, booking_id: UUID) -> Presence | None:
    """The presence in a booking's session; None where no heartbeat has come."""
    rows = await run(_GET, which=booking_id)
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
    run: Executor, booking_id: UUID, presence: Presence, loaded_until: datetime | None
) -> bool:
    """Writes the presence over the one that was loaded, which was accounted until `loaded_until`
    (None: there was none). False where another heartbeat has been written meanwhile.
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
    return bool(await run(_UPDATE, which=booking_id, loaded_until=loaded_until, **row))
