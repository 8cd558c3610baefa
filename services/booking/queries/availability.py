"""Lists of slots."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Uuid, bindparam, select, tuple_

from services.booking.domain.slots import Slot
from services.booking.store.offered import is_offered
from services.booking.tables import availability_slots
from shared.clock import EARLIEST, LATEST, now
from shared.db import Query, Reader
from shared.ids import FIRST_ID
from shared.paging import Page, decode_cursor, page

_instant = DateTime(timezone=True)
_after = tuple_(bindparam("after_start", type_=_instant), bindparam("after_id", type_=Uuid()))
_slots = (
    select(*(availability_slots.c[name] for name in Slot.__struct_fields__))
    .where(
        availability_slots.c.consultant_id == bindparam("consultant_id"),
        availability_slots.c.start_time >= bindparam("from_", type_=_instant),
        availability_slots.c.start_time < bindparam("to", type_=_instant),
        tuple_(availability_slots.c.start_time, availability_slots.c.id) > _after,
    )
    .order_by(availability_slots.c.start_time, availability_slots.c.id)
    .limit(bindparam("rows"))
)
OWN_SLOTS = Query(_slots)
FREE_SLOTS = Query(_slots.where(~availability_slots.c.is_booked, is_offered(":consultant_id")))


async def own_slots(
    reader: Reader,
    consultant_id: UUID,
    from_: datetime | None,
    to: datetime | None,
    limit: int,
    cursor: str | None,
) -> Page[Slot]:
    """A consultant's own slots, past ones included, ordered by time; those that start in [from_,
    to).
    """
    scope = f"own slots,{consultant_id},{from_},{to}"
    return await _slot_page(
        reader, OWN_SLOTS, consultant_id, from_ or EARLIEST, to or LATEST, limit, cursor, scope
    )


async def free_slots(
    reader: Reader,
    consultant_id: UUID,
    from_: datetime | None,
    to: datetime | None,
    limit: int,
    cursor: str | None,
) -> Page[Slot]:
    """The slots of a consultant that can be booked, ordered by time; those that start in [from_,
    to). An unknown consultant has none.
    """
    soonest = max(from_ or EARLIEST, now())
    scope = f"free slots,{consultant_id},{from_},{to}"
    return await _slot_page(
        reader, FREE_SLOTS, consultant_id, soonest, to or LATEST, limit, cursor, scope
    )


async def _slot_page(
    reader: Reader,
    query: Query,
    consultant_id: UUID,
    from_: datetime,
    to: datetime,
    limit: int,
    cursor: str | None,
    scope: str,
) -> Page[Slot]:
    start, id_ = EARLIEST, FIRST_ID
    if cursor is not None:
        start, id_ = decode_cursor(cursor, (datetime, UUID), scope)
    rows = await reader.rows(
        query,
        consultant_id=consultant_id,
        from_=from_,
        to=to,
        after_start=start,
        after_id=id_,
        rows=limit + 1,
        at=now(),
    )
    slots = [Slot(*row) for row in rows]
    return page(slots, limit, lambda slot: (slot.start_time, slot.id), scope)
