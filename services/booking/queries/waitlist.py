"""A seeker's place on a waitlist."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import bindparam, select

from services.booking.domain.waitlist import WaitlistEntry
from services.booking.tables import waitlist_entries
from shared.clock import now
from shared.db import Query, Reader
from shared.problems import NotFound

ENTRY = Query(
    select(*(waitlist_entries.c[name] for name in WaitlistEntry.__struct_fields__)).where(
        waitlist_entries.c.seeker_id == bindparam("seeker_id"),
        waitlist_entries.c.consultant_id == bindparam("consultant_id"),
        waitlist_entries.c.to_time > bindparam("at"),
    )
)


async def waitlist_entry_of(reader: Reader, seeker_id: UUID, consultant_id: UUID) -> WaitlistEntry:
    """The seeker's entry for that consultant. Raises NotFound."""
    row = await reader.row(ENTRY, seeker_id=seeker_id, consultant_id=consultant_id, at=now())
    if row is None:
        raise NotFound("You are not waiting for this consultant's time.")
    return WaitlistEntry(**row)
