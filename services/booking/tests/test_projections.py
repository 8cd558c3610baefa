"""Projections end in the newest state, whatever the order of arrival and however often each event
is delivered.
"""

from __future__ import annotations

from services.booking.tests.conftest import Market
from shared.events import ProfileUpdated
from shared.ids import new_id
from shared.testing.orders import (
    ACCOUNT_EVENTS,
    Order,
    account_events,
    deliver_in_order,
    in_every_order,
)


@in_every_order(len(ACCOUNT_EVENTS))
async def test_name_is_the_newest_and_a_closed_account_stays_closed(
    market: Market, order: Order
) -> None:
    user_id = new_id()
    await deliver_in_order(market.harness.deliver, account_events(user_id, "seeker"), order)
    (row,) = await market.harness.sql(
        "select first_name, is_active, last_sequence from users where id = $1", user_id
    )
    assert tuple(row) == ("Name 3", False, 4)


@in_every_order(4)
async def test_price_is_the_newest(market: Market, order: Order) -> None:
    consultant_id = new_id()
    events = [
        ProfileUpdated(consultant_id=consultant_id, hourly_rate=10_000 + position, currency="usd")
        for position in range(4)
    ]
    await deliver_in_order(market.harness.deliver, events, order)
    (row,) = await market.harness.sql(
        "select hourly_rate, last_sequence from consultant_prices where consultant_id = $1",
        consultant_id,
    )
    assert tuple(row) == (10_003, 4)
