"""Projections end in the newest state, whatever the order of arrival and however often each event
is delivered.
"""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.booking.tests.conftest import Market
from shared.events import ProfileUpdated, UserDeactivated, UserRegistered, UserUpdated
from shared.ids import new_id

every_order = settings(
    max_examples=24,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
KINDS = (UserRegistered, UserUpdated, UserUpdated, UserDeactivated)


@every_order
@given(order=st.permutations(range(len(KINDS))), again=st.sampled_from(range(len(KINDS))))
async def test_name_is_the_newest_and_a_closed_account_stays_closed(
    market: Market, order: list[int], again: int
) -> None:
    user_id, ids = new_id(), [new_id() for _ in KINDS]
    for position in [*order, again]:
        event = KINDS[position](
            user_id=user_id,
            role="seeker",
            first_name=f"Name {position}",
            last_name="Byron",
            email="someone@example.org",
        )
        await market.harness.deliver(event, ids[position], sequence=position + 1)
    (row,) = await market.harness.sql(
        "select first_name, is_active, last_sequence from users where id = $1", user_id
    )
    assert tuple(row) == ("Name 3", False, 4)


@every_order
@given(order=st.permutations(range(4)), again=st.sampled_from(range(4)))
async def test_price_is_the_newest(market: Market, order: list[int], again: int) -> None:
    consultant_id, ids = new_id(), [new_id() for _ in range(4)]
    for position in [*order, again]:
        event = ProfileUpdated(
            consultant_id=consultant_id, hourly_rate=10_000 + position, currency="usd"
        )
        await market.harness.deliver(event, ids[position], sequence=position + 1)
    (row,) = await market.harness.sql(
        "select hourly_rate, last_sequence from consultant_prices where consultant_id = $1",
        consultant_id,
    )
    assert tuple(row) == (10_003, 4)
