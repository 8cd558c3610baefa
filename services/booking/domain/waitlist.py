"""Entries of waitlists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

MAX_WAIT = timedelta(days=60)


class WaitlistEntry(msgspec.Struct, frozen=True):
    """A seeker on a consultant's waitlist; `told_at` is when they were last notified of a free
    slot.
    """

    id: UUID
    seeker_id: UUID
    consultant_id: UUID
    from_time: datetime
    to_time: datetime
    created_at: datetime
    told_at: datetime | None = None


class WaitlistTurn(msgspec.Struct, frozen=True):
    """A seeker whose turn it is to be notified, and the free time."""

    seeker_id: UUID
    consultant_id: UUID
    start_time: datetime
    end_time: datetime


def wait_time_errors(
    start: datetime | None, end: datetime | None, at: datetime
) -> Iterator[tuple[str, str]]:
    """The errors of waiting from `start` to `end`, either of which is None if it is not known:
    pairs of a field and a message about it.
    """
    if end is None:
        return
    if end <= at:
        yield "to", "must lie in the future"
    if start is not None and end <= start:
        yield "to", "must be after from"
    elif start is not None and end - start > MAX_WAIT:
        yield "to", f"must be at most {MAX_WAIT.days} days after from"
