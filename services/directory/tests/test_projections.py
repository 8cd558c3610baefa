"""Projections end in the newest state, whatever the order of arrival and however often each event
is delivered.
"""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from services.directory.tests.conftest import publish, rated
from shared.clock import now
from shared.events import AvailabilityChanged, Interval, RatingReplied
from shared.ids import new_id
from shared.testing import ServiceHarness
from shared.testing.orders import (
    ACCOUNT_EVENTS,
    Order,
    account_events,
    deliver_in_order,
    in_every_order,
)


@in_every_order(len(ACCOUNT_EVENTS))
async def test_name_is_the_newest_before_the_account_was_closed(
    directory: ServiceHarness, order: Order
) -> None:
    user_id = new_id()
    await deliver_in_order(directory.deliver, account_events(user_id, "consultant"), order)
    (row,) = await directory.sql(
        "select first_name, is_active from consultant_profiles where consultant_id = $1", user_id
    )
    assert tuple(row) == ("Name 2", False)


@in_every_order(4)
async def test_free_time_is_the_newest(directory: ServiceHarness, order: Order) -> None:
    consultant_id, start = new_id(), now().replace(microsecond=0) + timedelta(days=1)
    times = [start + timedelta(hours=position) for position in range(4)]
    events = [
        AvailabilityChanged(
            consultant_id=consultant_id,
            next_available_at=at,
            free=[Interval(at, at + timedelta(minutes=30))],
        )
        for at in times
    ]
    await deliver_in_order(directory.deliver, events, order)
    rows = await directory.sql(
        "select start_time from free_slots where consultant_id = $1", consultant_id
    )
    assert [row["start_time"] for row in rows] == [times[3]]


@in_every_order(4)
async def test_every_rating_counts_once(directory: ServiceHarness, order: Order) -> None:
    consultant_id = new_id()
    events = [rated(consultant_id, score) for score in (1, 3, 4, 5)]
    await deliver_in_order(directory.deliver, events, order)
    (row,) = await directory.sql(
        "select rating_sum, rating_count from consultant_profiles where consultant_id = $1",
        consultant_id,
    )
    assert tuple(row) == (13, 4)


@in_every_order(4)
async def test_reply_is_shown_with_its_rating_once(directory: ServiceHarness, order: Order) -> None:
    """A rating and its reply, and both published again for services that have missed them."""
    consultant_id = (await publish(directory)).id
    rating = rated(consultant_id, 4, comment="Clear and kind.")
    reply = RatingReplied(
        booking_id=rating.booking_id,
        consultant_id=consultant_id,
        seeker_id=rating.seeker_id,
        body="Thank you!",
        replied_at=now(),
    )
    again = [replace(event, republished=True) for event in (rating, reply)]
    await deliver_in_order(directory.deliver, [rating, reply, *again], order)
    shown = (await directory.get(f"/consultants/{consultant_id}/ratings")).json()
    assert [(one["score"], one["reply"]["body"]) for one in shown["items"]] == [(4, "Thank you!")]
    (row,) = await directory.sql(
        "select rating_sum, rating_count from consultant_profiles where consultant_id = $1",
        consultant_id,
    )
    assert tuple(row) == (4, 1)
