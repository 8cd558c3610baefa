"""A seeker's entries on waitlists."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select

from services.booking.domain.waitlist import WaitlistEntry
from services.booking.tables import users, waitlist_entries
from shared.clock import now
from shared.db import Query, Reader
from shared.ids import FIRST_ID
from shared.paging import Page, decode_id, page
from shared.problems import NotFound

_COLUMNS = tuple(waitlist_entries.c[name] for name in WaitlistEntry.__struct_fields__)
_WITH_CONSULTANT = waitlist_entries.join(users, users.c.id == waitlist_entries.c.consultant_id)
# Entries are void once their time has passed or the consultant's account is closed.
_is_waiting = (
    (waitlist_entries.c.seeker_id == bindparam("seeker_id"))
    & (waitlist_entries.c.to_time > bindparam("at"))
    & users.c.is_active
)
ENTRY = Query(
    select(*_COLUMNS)
    .select_from(_WITH_CONSULTANT)
    .where(_is_waiting, waitlist_entries.c.consultant_id == bindparam("consultant_id"))
)
ENTRIES = Query(
    select(*_COLUMNS, users.c.first_name, users.c.last_name)
    .select_from(_WITH_CONSULTANT)
    .where(_is_waiting, waitlist_entries.c.id > bindparam("after"))
    .order_by(waitlist_entries.c.id)
    .limit(bindparam("rows"))
)


class WaitlistPlace(NamedTuple):
    """An entry with the consultant's name."""

    entry: WaitlistEntry
    first_name: str
    last_name: str


async def waitlist_entries_of(
    reader: Reader, seeker_id: UUID, limit: int, cursor: str | None
) -> Page[WaitlistPlace]:
    """The seeker's entries, oldest first."""
    scope = f"waitlist,{seeker_id}"
    after = decode_id(cursor, scope, FIRST_ID)
    rows = await reader.rows(ENTRIES, seeker_id=seeker_id, at=now(), after=after, rows=limit + 1)
    found = []
    for row in rows:
        *entry, first_name, last_name = row.values()
        found.append(WaitlistPlace(WaitlistEntry(*entry), first_name, last_name))
    return page(found, limit, lambda place: (place.entry.id,), scope)


async def waitlist_entry_of(reader: Reader, seeker_id: UUID, consultant_id: UUID) -> WaitlistEntry:
    """The seeker's entry for that consultant. Raises NotFound."""
    row = await reader.row(ENTRY, seeker_id=seeker_id, consultant_id=consultant_id, at=now())
    if row is None:
        raise NotFound("You are not on this consultant's waitlist.")
    return WaitlistEntry(**row)
