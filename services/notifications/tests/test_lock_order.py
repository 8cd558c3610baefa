"""Events about one booking lock the booking first, and then its parties' streams."""

from __future__ import annotations

import asyncio

import asyncpg

from services.notifications.tests.conftest import Notifications, Pair
from shared import events as e
from shared.clock import now
from shared.testing import Infrastructure, eventually


async def test_a_rating_waits_for_the_booking_and_holds_up_no_stream(
    notifications: Notifications, pair: Pair, infrastructure: Infrastructure
) -> None:
    await pair.confirmed()
    rated = e.SessionRated(
        booking_id=pair.booking_id,
        seeker_id=pair.seeker.id,
        consultant_id=pair.consultant.id,
        seeker_first_name="Ada",
        score=5,
        comment=None,
        rated_at=now(),
    )
    holder = await asyncpg.connect(
        infrastructure.admin_url, server_settings={"search_path": "notifications"}
    )
    transaction = holder.transaction()
    await transaction.start()
    await holder.execute("select 1 from bookings where booking_id = $1 for update", pair.booking_id)
    delivery = asyncio.ensure_future(notifications.deliver(rated))

    async def waits() -> bool:
        return bool(await holder.fetchval("select count(*) from pg_locks where not granted"))

    await eventually(waits)
    await holder.execute("select 1 from stream_positions for update nowait")
    await transaction.rollback()
    await delivery
    await holder.close()
    assert await notifications.sql("select 1 from bookings where is_rated")
