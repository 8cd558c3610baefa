"""Events that arrive in every order, and more than once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from itertools import permutations
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from shared.events import Event, UserDeactivated, UserEvent, UserRegistered, UserUpdated
from shared.ids import new_id

Test = TypeVar("Test", bound=Callable[..., Any])
Order = tuple[int, ...]

ACCOUNT_EVENTS = (UserRegistered, UserUpdated, UserUpdated, UserDeactivated)


def in_every_order(number: int) -> Callable[[Test], Test]:
    """Runs a test for every order in which `number` events can arrive: `order` is a permutation of
    their positions. All orders share one database, so each needs an aggregate of its own.
    """
    orders = list(permutations(range(number)))

    def decorate(test: Test) -> Test:
        found = given(order=st.sampled_from(orders))(test)
        for order in reversed(orders):  # the last example that is added runs first
            found = example(order=order)(found)
        return settings(
            phases=[Phase.explicit],
            report_multiple_bugs=False,
            suppress_health_check=[HealthCheck.function_scoped_fixture],
        )(found)  # type: ignore[return-value]

    return decorate


def account_events(user_id: UUID, role: str) -> list[UserEvent]:
    """One event of each of ACCOUNT_EVENTS, as they happen to an account; the names are `Name 0` to
    `Name 3`, and the address changes as well.
    """
    return [
        kind(
            user_id=user_id,
            role=role,
            first_name=f"Name {position}",
            last_name="Byron",
            email=f"address-{position}@example.org",
        )
        for position, kind in enumerate(ACCOUNT_EVENTS)
    ]


async def deliver_in_order(
    deliver: Callable[..., Awaitable[Any]], events: Sequence[Event], order: Order
) -> None:
    """Delivers events of one aggregate, given as they happened, in `order`, and then the one that
    came first again. `deliver` is a harness's.
    """
    ids = [new_id() for _ in events]
    for position in (*order, order[0]):
        await deliver(events[position], ids[position], sequence=position + 1)
