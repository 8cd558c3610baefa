"""Offering and withdrawing slots."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.booking.commands.rules import make_slots_around
from services.booking.domain.offered_times import overlap_errors, slot_time_errors
from services.booking.domain.policy import MAX_FREE_SLOTS, MAX_SLOT_LEAD
from services.booking.domain.slots import Slot
from services.booking.errors import SlotBooked, TooManySlots
from services.booking.store.slots import (
    count_free_slots,
    delete_slot,
    get_slot_for_update,
    insert_slots,
    note_free_time,
)
from services.booking.store.users import lock_caller
from shared import clock
from shared.auth import User
from shared.counts import counted
from shared.db import Transaction
from shared.problems import FieldError, NotFound, ValidationFailed

Bounds = tuple[datetime, datetime]


async def offer_slots(
    db: Transaction, *, by: User, wanted: Sequence[Bounds], shortest: timedelta
) -> list[Slot]:
    """Creates slots (start, end) of a consultant, all or none. Raises ValidationFailed naming every
    invalid one, AccountClosed, SlotOverlaps, TooManySlots.
    """
    at = clock.now()
    times = checked_times(wanted, at, shortest)
    if len(times) > MAX_FREE_SLOTS:
        raise _too_many(len(times))
    # Two overlapping requests could deadlock, each waiting for the other's exclusion constraint. So
    # they run one at a time.
    await lock_caller(db, by)
    slots = await insert_slots(db, by.id, times, from_rules=False)
    await _check_number(db, by.id, max(slot.start_time for slot in slots) - at)
    await note_free_time(db, by.id)
    return slots


async def _check_number(db: Transaction, consultant_id: UUID, farthest: timedelta) -> None:
    if farthest > MAX_SLOT_LEAD:
        raise TooManySlots(
            f"Slots can be offered at most {MAX_SLOT_LEAD.days} days ahead;"
            f" the last of these would start in {counted(farthest.days, 'day')}."
        )
    number = await count_free_slots(db, consultant_id)
    if number > MAX_FREE_SLOTS:
        raise _too_many(number)


def _too_many(number: int) -> TooManySlots:
    return TooManySlots(
        f"There can be at most {MAX_FREE_SLOTS:,} future free slots;"
        f" with these there would be {number:,}."
    )


async def withdraw_slot(db: Transaction, *, by: User, slot_id: UUID) -> None:
    """Removes a free slot. If it was generated from rules, it is not generated again; if it was
    created by hand, the rules' slots that it had displaced are generated. Raises
    AccountClosed, NotFound, SlotBooked.
    """
    await lock_caller(db, by)
    slot = await get_slot_for_update(db, by.id, slot_id)
    if slot is None:
        raise NotFound
    if slot.is_booked:
        raise SlotBooked
    await delete_slot(db, slot_id)
    await make_slots_around(db, by.id, (slot.start_time, slot.end_time))
    await note_free_time(db, by.id)


def checked_times(wanted: Sequence[Bounds], at: datetime, shortest: timedelta) -> list[Bounds]:
    """The requested times in UTC, in the same order. Raises ValidationFailed naming every one that
    is past, too short, too long or overlaps another.
    """
    errors = [
        (f"slots[{index}].{field}", message)
        for index, bounds in enumerate(wanted)
        for field, message in slot_time_errors(*bounds, at, shortest)
    ]
    errors += overlap_errors(wanted)
    if errors:
        raise ValidationFailed([FieldError(field, message) for field, message in errors])
    return [(start.astimezone(UTC), end.astimezone(UTC)) for start, end in wanted]
