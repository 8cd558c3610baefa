"""Slots, and the queue of consultants whose free time has changed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from sqlalchemy import bindparam, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.booking.domain.model import Booking
from services.booking.domain.rules import Interval
from services.booking.domain.slots import Slot
from services.booking.errors import SlotOverlaps
from services.booking.store.bookings import constraint_of
from services.booking.store.offered import is_offered
from services.booking.tables import availability_slots, free_time_changes, withdrawn_times
from shared.clock import now
from shared.db import Query, Transaction
from shared.ids import new_id

_SLOTS = select(*(availability_slots.c[name] for name in Slot.__struct_fields__))
_FIND = _SLOTS.where(
    availability_slots.c.id == bindparam("slot_id"),
    availability_slots.c.consultant_id == bindparam("consultant_id"),
)
_OWN = _FIND.with_for_update()
_TAKE = (
    update(availability_slots)
    .where(
        availability_slots.c.id == bindparam("slot_id"),
        availability_slots.c.consultant_id == bindparam("key_consultant_id"),
        availability_slots.c.start_time > bindparam("at"),
        ~availability_slots.c.is_booked,
        is_offered(":key_consultant_id", except_booking=":booking_id"),
    )
    .values(is_booked=True, updated_at=bindparam("at"))
    .returning(*(availability_slots.c[name] for name in Slot.__struct_fields__))
)
# With arrays: binding the values of 2,000 slots one by one took as long as the rest of the command.
_INSERT = Query(
    text("""
        insert into booking.availability_slots
            (id, consultant_id, start_time, end_time, is_booked, from_rules, created_at, updated_at)
        select n.id, cast(:consultant_id as uuid), n.start_time, n.end_time, false,
            cast(:from_rules as boolean), cast(:at as timestamptz), cast(:at as timestamptz)
        from unnest(
            cast(:ids as uuid[]), cast(:starts as timestamptz[]), cast(:ends as timestamptz[])
        ) as n (id, start_time, end_time)
    """)
)
_deleted = (
    delete(availability_slots)
    .where(availability_slots.c.id == bindparam("slot_id"))
    .returning(
        availability_slots.c.consultant_id,
        availability_slots.c.start_time,
        availability_slots.c.end_time,
        availability_slots.c.from_rules,
    )
    .cte("deleted")
)
_DELETE = (
    upsert(withdrawn_times)
    .from_select(
        ["consultant_id", "start_time", "end_time"],
        select(_deleted.c.consultant_id, _deleted.c.start_time, _deleted.c.end_time).where(
            _deleted.c.from_rules
        ),
    )
    .on_conflict_do_update(
        index_elements=["consultant_id", "start_time"],
        set_={"end_time": upsert(withdrawn_times).excluded.end_time},
    )
)
_COUNT_FREE = select(func.count()).where(
    availability_slots.c.consultant_id == bindparam("consultant_id"),
    availability_slots.c.start_time > bindparam("at"),
    ~availability_slots.c.is_booked,
)
_RELEASE = (
    update(availability_slots)
    .where(availability_slots.c.id == bindparam("slot_id"))
    .values(is_booked=False, updated_at=bindparam("at"))
    .returning(availability_slots.c.start_time, availability_slots.c.end_time)
)
_CHANGED = insert(free_time_changes)


async def find_slot(db: Transaction, consultant_id: UUID, slot_id: UUID) -> Slot | None:
    """The consultant's slot, without a lock."""
    found = await db.execute(_FIND, {"slot_id": slot_id, "consultant_id": consultant_id})
    row = found.one_or_none()
    return Slot(*row) if row is not None else None


async def take_slot(db: Transaction, booking: Booking, slot_id: UUID) -> Slot | None:
    """Marks a slot as booked for a booking that is to move there; None if it is not free, has
    begun, or is not offered. The consultant must be locked because of the daily limit.
    """
    which = {
        "slot_id": slot_id,
        "key_consultant_id": booking.consultant_id,
        "at": now(),
        "booking_id": booking.id,
    }
    row = (await db.execute(_TAKE, which)).one_or_none()
    return Slot(*row) if row is not None else None


async def get_slot_for_update(db: Transaction, consultant_id: UUID, slot_id: UUID) -> Slot | None:
    """The consultant's slot, locked for the rest of the transaction."""
    found = await db.execute(_OWN, {"slot_id": slot_id, "consultant_id": consultant_id})
    row = found.one_or_none()
    return Slot(*row) if row is not None else None


async def count_free_slots(db: Transaction, consultant_id: UUID) -> int:
    """The number of the consultant's future free slots."""
    counted = await db.execute(_COUNT_FREE, {"consultant_id": consultant_id, "at": now()})
    return int(counted.scalar_one())


async def insert_slots(
    db: Transaction, consultant_id: UUID, times: Sequence[Interval], *, from_rules: bool
) -> list[Slot]:
    """Inserts free slots of a consultant, all or none. Raises SlotOverlaps."""
    at = now()
    slots = [Slot(new_id(), consultant_id, start, end, False, at, at) for start, end in times]
    try:
        await db(
            _INSERT,
            consultant_id=consultant_id,
            from_rules=from_rules,
            at=at,
            ids=[slot.id for slot in slots],
            starts=[slot.start_time for slot in slots],
            ends=[slot.end_time for slot in slots],
        )
    except asyncpg.IntegrityConstraintViolationError as error:
        if constraint_of(error) == "slots_do_not_overlap":
            raise SlotOverlaps from None
        raise
    return slots


async def delete_slot(db: Transaction, slot_id: UUID) -> None:
    """Deletes a slot; if it was generated from rules, it is not generated again."""
    await db.execute(_DELETE, {"slot_id": slot_id})


async def release_slot(db: Transaction, consultant_id: UUID, slot_id: UUID) -> Interval | None:
    """Marks a consultant's slot as free, and queues their free time for publication. Returns the
    slot's bounds; None if it has been deleted since (store/retention.py).
    """
    row = (await db.execute(_RELEASE, {"slot_id": slot_id, "at": now()})).one_or_none()
    await note_free_time(db, consultant_id)
    return (row.start_time, row.end_time) if row is not None else None


async def note_free_time(db: Transaction, consultant_id: UUID) -> None:
    """Records that the consultant's free time has changed; a job publishes it."""
    await db.execute(_CHANGED, {"consultant_id": consultant_id})
