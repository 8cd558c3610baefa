"""Slots, and the queue of consultants whose free time has changed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.booking.domain.model import Booking, Slot
from services.booking.errors import SlotOverlaps
from services.booking.store.bookings import constraint_of
from services.booking.store.offered import is_offered
from services.booking.tables import availability_slots, free_time_changes
from shared.clock import now

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
        availability_slots.c.consultant_id == bindparam("whose"),
        availability_slots.c.start_time > bindparam("at"),
        ~availability_slots.c.is_booked,
        is_offered(":whose", except_booking=":booking"),
    )
    .values(is_booked=True, updated_at=bindparam("at"))
    .returning(*(availability_slots.c[name] for name in Slot.__struct_fields__))
)
_INSERT = insert(availability_slots)
_DELETE = delete(availability_slots).where(availability_slots.c.id == bindparam("slot_id"))
_COUNT_FREE = select(func.count()).where(
    availability_slots.c.consultant_id == bindparam("consultant_id"),
    availability_slots.c.start_time > bindparam("at"),
    ~availability_slots.c.is_booked,
)
_RELEASE = (
    update(availability_slots)
    .where(
        availability_slots.c.id == bindparam("slot_id"),
        availability_slots.c.start_time > bindparam("at"),
    )
    .values(is_booked=False, updated_at=bindparam("at"))
)
_CHANGED = insert(free_time_changes)


async def find_slot(db: AsyncConnection, consultant_id: UUID, slot_id: UUID) -> Slot | None:
    """The consultant's slot, as it was a moment ago."""
    found = await db.execute(_FIND, {"slot_id": slot_id, "consultant_id": consultant_id})
    row = found.one_or_none()
    return Slot(*row) if row is not None else None


async def take_slot(db: AsyncConnection, booking: Booking, slot_id: UUID) -> Slot | None:
    """Marks a slot as booked for a booking that is to move there; None where it is not free, has
    begun, or is not offered to it. The consultant must be locked: days fill up one by one.
    """
    which = {
        "slot_id": slot_id,
        "whose": booking.consultant_id,
        "at": now(),
        "booking": booking.id,
    }
    row = (await db.execute(_TAKE, which)).one_or_none()
    return Slot(*row) if row is not None else None


async def get_slot_for_update(
    db: AsyncConnection, consultant_id: UUID, slot_id: UUID
) -> Slot | None:
    """The consultant's slot, its row locked for the rest of this transaction."""
    found = await db.execute(_OWN, {"slot_id": slot_id, "consultant_id": consultant_id})
    row = found.one_or_none()
    return Slot(*row) if row is not None else None


async def count_free_slots(db: AsyncConnection, consultant_id: UUID) -> int:
    """How many free slots of the consultant have yet to begin."""
    counted = await db.execute(_COUNT_FREE, {"consultant_id": consultant_id, "at": now()})
    return int(counted.scalar_one())


async def insert_slots(db: AsyncConnection, slots: Sequence[Slot]) -> None:
    """Writes slots, all or none. Raises SlotOverlaps."""
    try:
        await db.execute(
            _INSERT, [{**msgspec.structs.asdict(slot), "from_rules": False} for slot in slots]
        )
    except IntegrityError as error:
        if constraint_of(error) == "slots_do_not_overlap":
            raise SlotOverlaps from None
        raise


async def delete_slot(db: AsyncConnection, slot_id: UUID) -> None:
    """Removes a slot."""
    await db.execute(_DELETE, {"slot_id": slot_id})


async def release_slot(db: AsyncConnection, booking: Booking) -> None:
    """Lets others have the booking's slot, unless it has begun."""
    await free_slot(db, booking.consultant_id, booking.slot_id)


async def free_slot(db: AsyncConnection, consultant_id: UUID, slot_id: UUID) -> None:
    """Lets others have a consultant's slot, unless it has begun."""
    await db.execute(_RELEASE, {"slot_id": slot_id, "at": now()})
    await note_free_time(db, consultant_id)


async def note_free_time(db: AsyncConnection, consultant_id: UUID) -> None:
    """Notes that the consultant's free time has changed; a job tells the directory."""
    await db.execute(_CHANGED, {"consultant_id": consultant_id})
