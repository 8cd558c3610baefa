"""Which times a consultant may offer. Pure: an error is a field and a message about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from services.booking.domain.policy import MAX_SLOT_LENGTH
from shared.counts import counted

# An instant, or a minute of a day.
Moment = TypeVar("Moment", datetime, int)


def slot_time_errors(
    start: datetime | None, end: datetime | None, at: datetime, shortest: timedelta
) -> Iterator[tuple[str, str]]:
    """The errors of a slot from `start` to `end`, either of which is None if it is not known."""
    if start is None:
        return
    if start <= at:
        yield "start_time", "must lie in the future"
    if end is None:
        return
    if end <= start:
        yield "end_time", "must be after start_time"
    elif end - start < shortest:
        least = counted(shortest.total_seconds() / 60, "minute")
        yield "end_time", f"must be at least {least} after start_time"
    elif end - start > MAX_SLOT_LENGTH:
        most = counted(MAX_SLOT_LENGTH.total_seconds() / 3600, "hour")
        yield "end_time", f"must be at most {most} after start_time"


def overlap_errors(times: Sequence[tuple[datetime, datetime] | None]) -> Iterator[tuple[str, str]]:
    """The errors of slots that begin before an earlier one has ended."""
    spans = [
        (*bounds, f"slots[{index}]") for index, bounds in enumerate(times) if bounds is not None
    ]
    for later, earlier in overlapping(spans):
        yield f"{later}.start_time", f"overlaps {earlier}"


def overlapping(spans: Iterable[tuple[Moment, Moment, str]]) -> Iterator[tuple[str, str]]:
    """The names of the spans (start, end, name) that begin before an earlier one has ended, each
    with the name of that earlier span.
    """
    latest: tuple[Moment, str] | None = None
    for start, end, name in sorted(spans, key=lambda span: span[:2]):
        if latest is not None and start < latest[0]:
            yield name, latest[1]
        if latest is None or end > latest[0]:
            latest = end, name
