"""Messages between the two parties of a booking."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from services.booking.domain.model import Actor


class Message(msgspec.Struct, frozen=True):
    """A message from one party to the other, in plain text."""

    id: UUID
    booking_id: UUID
    author: Actor
    body: str
    created_at: datetime
    read_at: datetime | None
