"""Slots in requests and responses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from services.booking.domain.offered_times import overlap_errors, slot_time_errors
from services.booking.domain.policy import MAX_FREE_SLOTS
from services.booking.domain.slots import Slot as DomainSlot
from services.booking.settings import BookingSettings
from shared.clock import now
from shared.fields import Instant, RequestBody
from shared.rules import ValidFields

# More than can be offered get `too_many_slots`; the slots of a longer list are not looked at.
MAX_SLOTS_PER_REQUEST = 2 * MAX_FREE_SLOTS


class NewSlot(RequestBody, frozen=True):
    """A time that a consultant offers: `start_time` inclusive, `end_time` exclusive."""

    start_time: Instant
    end_time: Instant

    @staticmethod
    def command_errors(fields: ValidFields, settings: BookingSettings) -> Iterable[tuple[str, str]]:
        """Errors of the combination of times, and compared with the current time."""
        start, end = fields.get("start_time"), fields.get("end_time")
        return slot_time_errors(start, end, now(), settings.shortest_slot)


class NewSlots(RequestBody, frozen=True):
    """Slots to be created, all or none."""

    slots: Annotated[list[NewSlot], msgspec.Meta(min_length=1, max_length=MAX_SLOTS_PER_REQUEST)]

    @staticmethod
    def command_errors(fields: ValidFields, settings: BookingSettings) -> Iterable[tuple[str, str]]:
        """Slots that overlap an earlier one."""
        times = [
            None if slot is None else (slot.start_time, slot.end_time)
            for slot in fields.get("slots", ())
        ]
        return overlap_errors(times)


class Slot(msgspec.Struct, frozen=True):
    """A time that a consultant offers. `is_booked` is true while a booking or a proposal has it,
    and stays true after a session, or one that was missed.
    """

    id: UUID
    consultant_id: UUID
    start_time: datetime
    end_time: datetime
    is_booked: bool
    created_at: datetime
    updated_at: datetime


class Slots(msgspec.Struct, frozen=True):
    """The slots that were created."""

    items: list[Slot]


def slot_schema(slot: DomainSlot) -> Slot:
    """A slot as a response."""
    return Slot(
        id=slot.id,
        consultant_id=slot.consultant_id,
        start_time=slot.start_time,
        end_time=slot.end_time,
        is_booked=slot.is_booked,
        created_at=slot.created_at,
        updated_at=slot.updated_at,
    )
