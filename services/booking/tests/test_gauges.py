"""The gauges of bookings and the counter of sweeps follow the bookings."""

from __future__ import annotations

from datetime import timedelta

from services.booking.jobs import gauge_collectors
from services.booking.tests.conftest import Market, instant
from shared import clock
from shared.testing import metric

DAY = timedelta(days=1)


async def test_bookings_show_by_state_with_the_age_and_the_delay_of_the_oldest(
    market: Market,
) -> None:
    [collect] = gauge_collectors(market.harness.app.state.settings)
    booking = await market.requested(5 * DAY)
    await market.confirmed(6 * DAY)
    await collect(market.harness.database)
    assert (metric("bookings", status="requested"), metric("bookings", status="confirmed")) == (
        1,
        1,
    )
    assert metric("bookings", status="accepted") == 0
    assert metric("bookings_oldest_seconds", status="requested") < 60
    assert metric("bookings_overdue_seconds", status="requested") == 0

    due_in = instant(booking["respond_by"]) - clock.now()
    with clock.shifted(due_in + timedelta(seconds=100)):
        await collect(market.harness.database)
        assert 100 <= metric("bookings_overdue_seconds", status="requested") < 160
        assert metric("bookings_oldest_seconds", status="requested") > 86_400
        swept = metric("swept_total", what="requested")
        await market.run_job("expire-requests")
        await collect(market.harness.database)
    assert metric("swept_total", what="requested") == swept + 1
    assert metric("bookings", status="requested") == 0
    assert metric("bookings_overdue_seconds", status="requested") == 0


async def test_a_session_is_overdue_only_after_its_overtime(market: Market) -> None:
    [collect] = gauge_collectors(market.harness.app.state.settings)
    booking = await market.confirmed(DAY)
    until_end = instant(booking["scheduled_end"]) - clock.now()
    with clock.shifted(until_end + timedelta(seconds=800)):
        await collect(market.harness.database)
        assert metric("bookings_overdue_seconds", status="confirmed") == 0
    with clock.shifted(until_end + timedelta(seconds=1000)):
        await collect(market.harness.database)
        assert 100 <= metric("bookings_overdue_seconds", status="confirmed") < 160
