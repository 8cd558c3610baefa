"""How AvailabilityChanged encodes many slots: the first ones as readable instants, the rest as
numbers.

A slot as two instants takes 86 bytes, 2,000 of them 170 kB, and every booking publishes the whole
list. Merged intervals would be shorter, but "9:00 to 12:00" does not say whether a session can
begin at 10:30. Encoded as numbers, each slot keeps its bounds, and 2,000 of them take at most 60
kB.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from shared.events import AvailabilityChanged, Interval

# How many slots are encoded as instants.
READABLE = 200
_MICROSECOND = timedelta(microseconds=1)


def encode_slots(slots: Sequence[Interval]) -> tuple[list[Interval], list[int]]:
    """Encodes slots, which are in order of time, as the `free` and `further` of an
    AvailabilityChanged: for each slot after the first READABLE, how many microseconds after the end
    of the previous one it begins, and how many it lasts.
    """
    free = list(slots[:READABLE])
    further: list[int] = []
    end = free[-1].end_time if free else None
    for slot in slots[READABLE:]:
        assert end is not None  # the readable ones precede it
        further += [
            (slot.start_time - end) // _MICROSECOND,
            (slot.end_time - slot.start_time) // _MICROSECOND,
        ]
        end = slot.end_time
    return free, further


def decode_slots(event: AvailabilityChanged) -> list[Interval]:
    """All slots of the event."""
    if not event.further:
        return event.free
    return [*event.free, *_further(event.free[-1].end_time, event.further)]


def _further(end: datetime, numbers: Sequence[int]) -> Iterator[Interval]:
    for gap, length in zip(numbers[::2], numbers[1::2], strict=True):
        start = end + gap * _MICROSECOND
        end = start + length * _MICROSECOND
        yield Interval(start, end)
