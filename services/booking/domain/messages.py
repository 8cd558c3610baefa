"""What the two parties of a booking write to each other."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from services.booking.domain.model import Actor


class Message(msgspec.Struct, frozen=True):
    """What one party wrote to the other about a booking; plain text."""

    id: UUID
    booking_id: UUID
    author: Actor
    body: str
    created_at: datetime
    read_at: datetime | None
