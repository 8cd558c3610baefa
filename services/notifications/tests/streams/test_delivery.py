"""What happens reaches the streams of those whom it concerns."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime
from uuid import UUID

import pytest

from services.notifications import signals
from services.notifications.streams import hub as hub_module
from services.notifications.streams import stream as open_streams
from services.notifications.streams.hub import Hub
from services.notifications.streams.stream import OPENED, Stream
from services.notifications.tests.conftest import Notifications, Pair
from services.notifications.tests.served import Replica, reading
from shared import events as e
from shared.clock import now
from shared.tasks import cancel_and_wait
from shared.testing import eventually


async def test_what_happens_comes_at_once_and_in_order(replica: Replica, pair: Pair) -> None:
    async with reading(replica, pair.consultant) as stream:
        await pair.confirmed()
        await stream.has(5)
        assert stream.names == [
            "booking.requested",
            "notification.created",
            "booking.accepted",
            "booking.confirmed",
            "notification.created",
        ]
        assert stream.ids == [1, 2, 3, 4, 5]
        first, created = stream.messages[0]["data"], stream.messages[1]["data"]
        assert first["id"] == 1
        assert first["type"] == "booking.requested"
        assert first["booking_id"] == str(pair.booking_id)
        assert first["amount"] == 6000
        assert first["at"].endswith("Z")
        assert created["notification"]["title"] == "Ada Byron has requested a session"
    async with reading(replica, pair.seeker) as stream:
        await pair.happens(e.SessionStarted, session_start_time=now())
        await stream.has(1)
        assert stream.names == ["session.started"]


async def test_stream_at_another_replica_gets_it_through_the_broker(
    replica: Replica, second: Replica, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "POLL_SECONDS", 3600.0)
    assert signals.streams_changed.listener == second.hub.changed
    async with reading(replica, pair.seeker) as here, reading(second, pair.seeker) as there:
        await pair.requested()
        await here.has(1)
        await there.has(1)
        assert here.messages == there.messages


async def test_a_lost_wake_up_is_made_up_for(replica: Replica, pair: Pair) -> None:
    async with reading(replica, pair.seeker) as stream:
        signals.streams_changed.listener = None
        await pair.requested()
        await stream.has(1)


async def test_signals_are_passed_on_and_not_kept(replica: Replica, pair: Pair) -> None:
    service = replica.app.state.service
    async with reading(replica, pair.seeker) as stream:
        assert await service.live.send(
            pair.seeker.id, event="session.signal", data={"booking_id": "x", "data": {"sdp": "o"}}
        )
        await stream.has(1)
        assert stream.names == ["session.signal"]
        assert "id" not in stream.messages[0]
        data = stream.messages[0]["data"]
        assert datetime.fromisoformat(data.pop("at")).tzinfo is not None
        assert data == {
            "id": None,
            "type": "session.signal",
            "booking_id": "x",
            "data": {"sdp": "o"},
        }
    async with reading(replica, pair.seeker, {"last-event-id": "0"}) as stream:
        await pair.requested()
        await stream.has(1)
        assert "session.signal" not in stream.names


async def test_a_client_that_does_not_read_delays_nobody_elses_events(
    notifications: Notifications, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_streams, "MAX_WAITING", 3)
    monkeypatch.setattr(hub_module, "EVENTS_AT_ONCE", 2)
    slow, other = UUID(int=1), UUID(int=2)
    await notifications.sql(
        "insert into stream_events (user_id, id, event, data, created_at)"
        " select u, id, 'x', '{}', now() from unnest($1::uuid[], $2::int[]) as t (u, events),"
        " generate_series(1, t.events) as id",
        [slow, other],
        [20, 3],
    )
    hub = Hub(notifications.database)
    unread = Stream(slow, last_id=0, expires_at=time.time() + 900)
    read = Stream(other, last_id=0, expires_at=time.time() + 900)
    task = asyncio.create_task(hub.run())
    hub.open(unread)

    async def fell_behind() -> bool:
        return unread.ended

    async def has_all() -> bool:
        return read.last_id == 3

    try:
        await eventually(fell_behind)
        hub.open(read)
        await eventually(has_all)
    finally:
        await cancel_and_wait(task)
    # What it has not read, it gets when it comes back.
    assert [chunk async for chunk in unread.chunks(hub.close)] == [OPENED]


async def test_a_quiet_stream_has_a_comment_at_least_every_15_seconds(
    replica: Replica, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert open_streams.HEARTBEAT_SECONDS < 15
    monkeypatch.setattr(open_streams, "HEARTBEAT_SECONDS", 0.05)
    async with reading(replica, pair.seeker) as stream:

        async def goes_on() -> bool:
            return stream.comments >= 4  # the first one says that it is open

        await eventually(goes_on)
        assert (stream.messages, stream.ended) == ([], False)


async def test_concurrent_writers_give_each_user_ids_without_a_gap(
    replica: Replica, pair: Pair
) -> None:
    async with reading(replica, pair.seeker) as stream:

        async def one(_: int) -> None:
            await pair.service.deliver(
                e.PayoutAccountChanged(user_id=pair.seeker.id, state="active")
            )

        await asyncio.gather(*map(one, range(40)))
        await stream.has(40)
        assert stream.ids == list(range(1, 41))
