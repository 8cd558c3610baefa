"""Slots in requests and responses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec

from services.booking.domain.offered_times import overlap_errors, slot_time_errors
from services.booking.domain.slots import Slot
from shared.clock import now
from shared.fields import Instant, RequestBody
from shared.rules import ValidFields


class NewSlot(RequestBody, frozen=True):
    """A time that a consultant offers: `start_time` inclusive, `end_time` exclusive."""

    start_time: Instant
    end_time: Instant

    @staticmethod
    def command_errors(fields: ValidFields) -> Iterable[tuple[str, str]]:
        """Errors of the combination of times, and compared with the current time."""
        return slot_time_errors(fields.get("start_time"), fields.get("end_time"), now())


class NewSlots(RequestBody, frozen=True):
    """Slots to be created, all or none."""

    slots: Annotated[list[NewSlot], msgspec.Meta(min_length=1)]

    @staticmethod
    def command_errors(fields: ValidFields) -> Iterable[tuple[str, str]]:
        """Slots that overlap an earlier one."""
        times = [
            None if slot is None else (slot.start_time, slot.end_time)
            for slot in fields.get("slots", ())
        ]
        return overlap_errors(times)


class Slots(msgspec.Struct, frozen=True):
    """The slots that were created."""

    items: list[Slot]
