"""The users whom an event concerns. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from services.notifications.domain.model import Booking, Reader
from shared.events import BookingEvent

_OTHER_ROLE = {Reader.SEEKER: Reader.CONSULTANT, Reader.CONSULTANT: Reader.SEEKER}


class Parties(msgspec.Struct, frozen=True):
    """The users involved in an event by role, and its booking."""

    readers: Mapping[Reader, UUID]
    booking_id: UUID | None = None
    start: datetime | None = None
    end: datetime | None = None
    calendar_sequence: int = 0

    def role_of(self, user_id: UUID) -> Reader:
        """The role in which a user is addressed: seeker, consultant or owner."""
        for role in (Reader.SEEKER, Reader.CONSULTANT):
            if self.readers.get(role) == user_id:
                return role
        return Reader.OWNER

    def other_of(self, user_id: UUID) -> UUID | None:
        """The other party, if there is one."""
        other = _OTHER_ROLE.get(self.role_of(user_id))
        return self.readers.get(other) if other is not None else None


def parties_of(booking: Booking | BookingEvent, others: Mapping[str, UUID]) -> Parties:
    """The parties of a booking, and `others`: the users in the further roles of an event."""
    readers = {Reader.SEEKER: booking.seeker_id, Reader.CONSULTANT: booking.consultant_id}
    return Parties(
        readers | {Reader(role): user_id for role, user_id in others.items()},
        booking.booking_id,
        booking.scheduled_start,
        booking.scheduled_end,
        booking.calendar_sequence,
    )
