"""Tests of projections run for every order of arrival."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from shared.events import MessagesRead
from shared.ids import new_id
from shared.testing.orders import Order, deliver_in_order, in_every_order


@pytest.mark.parametrize("number", [1, 3, 4, 5])
def test_every_order_runs_once(number: int) -> None:
    ran: list[Order] = []
    test: Any = in_every_order(number)(lambda order: ran.append(order))
    test()
    assert ran == list(permutations(range(number)))


def test_first_order_that_fails_fails_the_test() -> None:
    ran: list[Order] = []

    def needs_the_last_event_last(order: Order) -> None:
        ran.append(order)
        assert order[-1] == 2

    test: Any = in_every_order(3)(needs_the_last_event_last)
    with pytest.raises(AssertionError):
        test()
    assert ran == [(0, 1, 2), (0, 2, 1)]


async def test_events_have_the_sequence_of_what_happened_and_the_first_comes_twice() -> None:
    arrived: list[tuple[str, UUID, int]] = []

    async def deliver(event: MessagesRead, event_id: UUID, sequence: int) -> None:
        arrived.append((event.TYPE, event_id, sequence))

    read = MessagesRead(
        booking_id=new_id(),
        reader_id=new_id(),
        author_id=new_id(),
        up_to=new_id(),
        read_at=datetime(2026, 11, 29, tzinfo=UTC),
    )
    await deliver_in_order(deliver, [read, read, read], (1, 2, 0))
    assert [sequence for _, _, sequence in arrived] == [2, 3, 1, 2]
    ids = [event_id for _, event_id, _ in arrived]
    assert ids[0] == ids[3]
    assert len(set(ids)) == 3
