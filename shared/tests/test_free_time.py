"""Many slots in one event: nothing is lost, and the message stays below the size limit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.events import AvailabilityChanged, Interval
from shared.free_time import READABLE, decode_slots, encode_slots
from shared.ids import new_id

AT = datetime(2026, 11, 27, 10, 11, 12, 131415, UTC)
MAX_EVENT_BYTES = 64_000
MICROSECONDS = st.integers(0, 4 * 3_600_000_000)


def laid(numbers: list[tuple[int, int]]) -> list[Interval]:
    """Slots from pairs of a gap and a length, in microseconds."""
    slots, end = [], AT
    for gap, length in numbers:
        start = end + timedelta(microseconds=gap)
        end = start + timedelta(microseconds=length + 1)
        slots.append(Interval(start, end))
    return slots


def event_with(slots: list[Interval]) -> AvailabilityChanged:
    free, further = encode_slots(slots)
    return AvailabilityChanged(
        consultant_id=new_id(),
        next_available_at=slots[0].start_time if slots else None,
        free=free,
        further=further,
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(MICROSECONDS, MICROSECONDS), max_size=READABLE + 40))
def test_every_slot_arrives_as_it_was(numbers: list[tuple[int, int]]) -> None:
    slots = laid(numbers)
    sent = msgspec.json.encode(event_with(slots))
    received = decode_slots(msgspec.json.decode(sent, type=AvailabilityChanged))
    assert received == slots


def test_few_slots_are_carried_as_instants_only() -> None:
    slots = laid([(1, 1)] * READABLE)
    assert encode_slots(slots) == (slots, [])


def test_two_thousand_irregular_slots_stay_below_64_kilobytes() -> None:
    # 366 days, divided into gaps and slots as irregular as possible: no digits are saved anywhere
    share = 366 * 86_400_000_000 // 4_000
    slots = laid([(share - n % 7, share + n % 7 - 1) for n in range(2_000)])
    assert slots[-1].end_time - AT <= timedelta(days=366)
    assert len(msgspec.json.encode(event_with(slots))) < MAX_EVENT_BYTES


def test_event_of_an_earlier_release_carries_its_slots() -> None:
    slots = laid([(1, 1)] * 3)
    event = AvailabilityChanged(consultant_id=new_id(), next_available_at=None, free=slots)
    assert decode_slots(event) == slots
