"""Events that are delivered in every order, and more than once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.events import Event
from shared.ids import new_id

Test = TypeVar("Test", bound=Callable[..., Any])


def in_every_order(number: int) -> Callable[[Test], Test]:
    """Runs a test for orders of arrival of `number` events: `order` is a permutation of their
    positions, `again` the position of the event that is delivered a second time, at the end.
    """
    positions = range(number)
    orders = given(order=st.permutations(positions), again=st.sampled_from(positions))
    examples = settings(
        max_examples=24,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
        derandomize=True,
    )

    def decorate(test: Test) -> Test:
        return examples(orders(test))  # type: ignore[return-value]

    return decorate


async def deliver_in_order(
    deliver: Callable[..., Awaitable[Any]], events: Sequence[Event], order: list[int], again: int
) -> None:
    """Delivers events of one aggregate, given as they happened, in `order`, and one of them again.
    `deliver` is a harness's.
    """
    ids = [new_id() for _ in events]
    for position in [*order, again]:
        await deliver(events[position], ids[position], sequence=position + 1)
