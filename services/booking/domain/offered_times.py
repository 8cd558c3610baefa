"""Which times a consultant may offer. Pure: faults are fields, and the ends of sentences about
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from services.booking.domain.policy import LONGEST_SLOT


def faults_of_times(
    start: datetime | None, end: datetime | None, at: datetime, shortest: timedelta = timedelta()
) -> Iterator[tuple[str, str]]:
    """What is wrong with a slot from `start` to `end`, each None where it is not known."""
    if start is None:
        return
    if start <= at:
        yield "start_time", "must lie in the future"
    if end is None:
        return
    if end <= start:
        yield "end_time", "must be after start_time"
    elif end - start < shortest:
        minutes = shortest.total_seconds() / 60
        yield "end_time", f"must be at least {minutes:g} minutes after start_time"
    elif end - start > LONGEST_SLOT:
        hours = LONGEST_SLOT.total_seconds() / 3600
        yield "end_time", f"must be at most {hours:g} hours after start_time"


def overlaps_of(times: Sequence[tuple[datetime, datetime] | None]) -> Iterator[tuple[str, str]]:
    """The slots that begin before one that began earlier has ended."""
    known = sorted((*bounds, index) for index, bounds in enumerate(times) if bounds is not None)
    latest: tuple[datetime, int] | None = None
    for starts, ends, index in known:
        if latest is not None and starts < latest[0]:
            yield f"slots[{index}].start_time", f"overlaps slots[{latest[1]}]"
        if latest is None or ends > latest[0]:
            latest = ends, index
