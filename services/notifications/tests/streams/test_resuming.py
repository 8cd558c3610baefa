"""A stream resumes after the last event that its reader has seen."""

from __future__ import annotations

import asyncio

import pytest

from services.notifications import jobs
from services.notifications.tests.conftest import Notifications, Pair
from services.notifications.tests.served import Replica, reading
from shared import events as e
from shared.auth import User
from shared.ids import new_id


@pytest.mark.parametrize("how", ["header", "query"])
async def test_a_stream_resumes_where_it_was(
    replica: Replica, second: Replica, pair: Pair, how: str
) -> None:
    await pair.confirmed()
    headers = {"last-event-id": "2"} if how == "header" else {}
    params = {"last_event_id": "2"} if how == "query" else {}
    async with reading(second, pair.consultant, headers, params=params) as stream:
        await pair.cancelled()
        await stream.has(5)
        assert stream.ids == [3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    "nonsense",
    ["999999", "-1", "x", "1.5", "9" * 40, "٣", "0x1", " ", "1e3", "12345678901234567890"],
)
async def test_an_id_that_is_none_of_this_stream_is_answered_with_one_reset(
    replica: Replica, pair: Pair, nonsense: str
) -> None:
    await pair.requested()
    params = {"last_event_id": nonsense}
    async with reading(replica, pair.seeker, params=params) as stream:
        await pair.happens(e.BookingExpired)
        await stream.has(3)
        assert stream.names == ["reset", "booking.expired", "notification.created"]
        data = stream.messages[0]["data"]
        assert (data["id"], data["type"], data["booking_id"]) == (1, "reset", None)


async def test_what_is_older_than_is_kept_is_answered_with_one_reset(
    notifications: Notifications, replica: Replica, pair: Pair
) -> None:
    await pair.confirmed()
    await notifications.sql(
        "update stream_events set created_at = created_at - interval '25 hours' where id <= 3"
    )
    await jobs.prune_stream_events(notifications.database)
    async with reading(replica, pair.consultant, {"last-event-id": "1"}) as stream:
        await pair.cancelled()
        await stream.has(3)
        assert stream.names == ["reset", "booking.cancelled", "notification.created"]
    async with reading(replica, pair.consultant, {"last-event-id": "3"}) as stream:
        await stream.has(4)
        assert stream.ids == [4, 5, 6, 7]


async def test_an_id_of_another_user_shows_nothing_of_theirs(replica: Replica, pair: Pair) -> None:
    await pair.confirmed()
    stranger = User(new_id(), "seeker", "Eve", "")
    async with reading(replica, stranger, {"last-event-id": "1"}) as stream:
        await pair.cancelled()
        await pair.service.deliver(e.PasswordChanged(user_id=stranger.id))
        await stream.has(3)
        assert stream.names == ["reset", "password.changed", "notification.created"]


async def test_nothing_is_lost_while_streams_come_and_go(
    replica: Replica, second: Replica, pair: Pair
) -> None:
    """Clients reconnect repeatedly, at either replica, while events are written."""
    total = 120

    async def write() -> None:
        for _ in range(total):
            await pair.service.deliver(
                e.PayoutAccountChanged(user_id=pair.seeker.id, state="active")
            )

    async def read(first: Replica, other: Replica) -> list[int]:
        got: list[int] = []
        places = [first, other]
        while len(got) < total:
            places.reverse()
            headers = {"last-event-id": str(got[-1] if got else 0)}
            async with reading(places[0], pair.seeker, headers) as stream:
                await stream.has(1)
                got += stream.ids
        return got

    results = await asyncio.gather(write(), read(replica, second), read(second, replica))
    assert results[1] == results[2] == list(range(1, total + 1))
