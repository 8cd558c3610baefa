"""Who waits for a consultant's time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec


class WaitlistEntry(msgspec.Struct, frozen=True):
    """A seeker who waits for a consultant's time, last notified of some `told_at`."""

    id: UUID
    seeker_id: UUID
    consultant_id: UUID
    from_time: datetime
    to_time: datetime
    created_at: datetime
    told_at: datetime | None = None
