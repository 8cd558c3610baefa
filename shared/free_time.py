"""How AvailabilityChanged carries many slots: the first as instants, which anybody can read, the
rest as numbers.

A slot as two instants takes 86 bytes, 2,000 of them 170 kB, and every booking publishes the list
anew. Merged intervals would be short, but nobody could tell from 9:00 to 12:00 whether a session
can begin at 10:30. As numbers each slot keeps its bounds, and 2,000 of them take 60 kB at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from shared.events import AvailabilityChanged, Interval

# How many are carried as instants.
READABLE = 200
_MICROSECOND = timedelta(microseconds=1)


def carried(slots: Sequence[Interval]) -> tuple[list[Interval], list[int]]:
    """What an AvailabilityChanged carries of slots, in order of time, as `free` and `further`: for
    each slot after the first READABLE how many microseconds after the end of the one before it
    begins, and how many it lasts.
    """
    free = list(slots[:READABLE])
    further: list[int] = []
    end = free[-1].end_time if free else None
    for slot in slots[READABLE:]:
        assert end is not None  # those before it
        further += [
            (slot.start_time - end) // _MICROSECOND,
            (slot.end_time - slot.start_time) // _MICROSECOND,
        ]
        end = slot.end_time
    return free, further


def slots_of(event: AvailabilityChanged) -> list[Interval]:
    """All slots that the event carries."""
    if not event.further:
        return event.free
    return [*event.free, *_further(event.free[-1].end_time, event.further)]


def _further(end: datetime, numbers: Sequence[int]) -> Iterator[Interval]:
    for gap, length in zip(numbers[::2], numbers[1::2], strict=True):
        start = end + gap * _MICROSECOND
        end = start + length * _MICROSECOND
        yield Interval(start, end)
