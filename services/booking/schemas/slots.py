"""Slots as clients send and get them."""

from datetime import datetime
from typing import Annotated

import msgspec

from services.booking.domain.slots import Slot
from services.booking.schemas import Request


class SlotTimes(Request, frozen=True):
    """A time that a consultant offers: `start_time` inclusive, `end_time` exclusive."""

    start_time: datetime
    end_time: datetime


class NewSlots(Request, frozen=True):
    """Times that a consultant offers, all or none."""

    slots: Annotated[list[SlotTimes], msgspec.Meta(min_length=1)]


class Slots(msgspec.Struct, frozen=True):
    """The slots that were made."""

    items: list[Slot]
