"""Entries of the waitlist as clients send and get them."""

from datetime import datetime
from uuid import UUID

import msgspec

from services.booking.domain.waitlist import WaitlistEntry as DomainEntry
from services.booking.schemas import Request
from shared.fields import Instant


class NewWaitlistEntry(Request, frozen=True, rename={"from_": "from"}):
    """The time for which a seeker waits: slots that lie within it."""

    from_: Instant
    to: Instant


class WaitlistEntry(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """For which time I wait; `told_at` is when I last heard of a free one."""

    id: UUID
    consultant_id: UUID
    from_: datetime
    to: datetime
    created_at: datetime
    told_at: datetime | None


def waitlist_schema(entry: DomainEntry) -> WaitlistEntry:
    """An entry as its seeker sees it."""
    return WaitlistEntry(
        id=entry.id,
        consultant_id=entry.consultant_id,
        from_=entry.from_time,
        to=entry.to_time,
        created_at=entry.created_at,
        told_at=entry.told_at,
    )
