"""Offering time, and taking the offer back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.booking.errors import SlotBooked, SlotOverlaps
from services.booking.offers import know
from services.booking.policy import LONGEST_SLOT
from services.booking.records import constraint_of, note_free_time
from services.booking.schemas import Slot, SlotTimes
from services.booking.tables import availability_slots, parties
from shared import clock
from shared.auth import User
from shared.db import in_transaction
from shared.ids import new_id
from shared.problems import FieldError, NotFound, ValidationFailed

_ONE_AT_A_TIME = select(parties.c.id).where(parties.c.id == bindparam("user_id")).with_for_update()
_ADD = insert(availability_slots)
_OWN = (
    select(availability_slots.c.is_booked)
    .where(
        availability_slots.c.id == bindparam("slot_id"),
        availability_slots.c.consultant_id == bindparam("user_id"),
    )
    .with_for_update()
)
_WITHDRAW = delete(availability_slots).where(availability_slots.c.id == bindparam("slot_id"))


async def offer_slots(
    db: AsyncConnection, *, by: User, wanted: Sequence[SlotTimes], shortest: timedelta
) -> list[Slot]:
    """A consultant offers times, all or none. Raises ValidationFailed naming every bad one,
    SlotOverlaps.
    """
    at = clock.now()
    times = checked_times(wanted, at, shortest)
    slots = [Slot(new_id(), by.id, start, end, False, at, at) for start, end in times]
    await know(in_transaction(db), by)
    # Two requests that overlap, each waiting for the other's exclusion constraint, would be a
    # deadlock: one at a time.
    await db.execute(_ONE_AT_A_TIME, {"user_id": by.id})
    try:
        await db.execute(_ADD, [msgspec.structs.asdict(slot) for slot in slots])
    except IntegrityError as error:
        if constraint_of(error) == "slots_do_not_overlap":
            raise SlotOverlaps from None
        raise
    await note_free_time(db, by.id)
    return slots


async def withdraw_slot(db: AsyncConnection, *, by: User, slot_id: UUID) -> None:
    """A consultant takes a free slot back. Raises NotFound, SlotBooked."""
    slot = (await db.execute(_OWN, {"slot_id": slot_id, "user_id": by.id})).one_or_none()
    if slot is None:
        raise NotFound
    if slot.is_booked:
        raise SlotBooked
    await db.execute(_WITHDRAW, {"slot_id": slot_id})
    await note_free_time(db, by.id)


def checked_times(
    wanted: Sequence[SlotTimes], at: datetime, shortest: timedelta
) -> list[tuple[datetime, datetime]]:
    """The wanted bounds in UTC, in the order asked. Raises ValidationFailed naming every one that
    is past, too short, too long or overlaps another.
    """
    errors: list[FieldError] = []
    times: list[tuple[int, datetime, datetime]] = []
    for index, bounds in enumerate(wanted):
        start = _instant(bounds.start_time, f"slots[{index}].start_time", errors)
        end = _instant(bounds.end_time, f"slots[{index}].end_time", errors)
        if start is None or end is None:
            continue
        times.append((index, start, end))
        errors += _errors_of(index, start, end, at, shortest)
    errors += _overlaps(times)
    if errors:
        raise ValidationFailed(errors)
    return [(start, end) for _, start, end in times]


def _instant(value: datetime, field: str, errors: list[FieldError]) -> datetime | None:
    try:
        return clock.utc(value, field)
    except ValidationFailed as problem:
        errors += problem.errors or ()
        return None


def _errors_of(
    index: int, start: datetime, end: datetime, at: datetime, shortest: timedelta
) -> list[FieldError]:
    errors = []
    if start <= at:
        errors.append(FieldError(f"slots[{index}].start_time", "must lie in the future"))
    if end <= start:
        errors.append(FieldError(f"slots[{index}].end_time", "must be after start_time"))
    elif end - start < shortest:
        minutes = shortest.total_seconds() / 60
        errors.append(
            FieldError(
                f"slots[{index}].end_time", f"must be at least {minutes:g} minutes after start_time"
            )
        )
    elif end - start > LONGEST_SLOT:
        errors.append(
            FieldError(f"slots[{index}].end_time", "must be at most 8 hours after start_time")
        )
    return errors


def _overlaps(times: list[tuple[int, datetime, datetime]]) -> list[FieldError]:
    errors = []
    in_order = sorted(times, key=lambda slot: slot[1])
    for (before, _, ends), (index, starts, _) in pairwise(in_order):
        if starts < ends:
            errors.append(FieldError(f"slots[{index}].start_time", f"overlaps slots[{before}]"))
    return errors
