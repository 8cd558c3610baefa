"""Event streams: events arrive at once, whichever replica consumes them; none is lost between
replay and live; and a stream ends when it must.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import httpx
import pytest

from services.notifications import jobs, signals
from services.notifications.streams import hub as hub_module
from services.notifications.streams import stream as open_streams
from services.notifications.streams.hub import Hub
from services.notifications.streams.stream import OPENED, Stream
from services.notifications.tests.conftest import Notifications, Pair
from services.notifications.tests.served import Replica, reading
from shared import events as e
from shared.auth import User
from shared.clock import now
from shared.draining import draining
from shared.ids import new_id
from shared.tasks import cancel_and_wait
from shared.testing import Infrastructure, eventually, token_for


@pytest.fixture
async def replica(
    notifications: Notifications, infrastructure: Infrastructure, amqp_url: str
) -> AsyncIterator[Replica]:
    made = Replica(infrastructure, amqp_url)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def second(
    replica: Replica, infrastructure: Infrastructure, amqp_url: str
) -> AsyncIterator[Replica]:
    """Another replica. Events delivered here wake it directly; the first one is woken through the
    broker.
    """
    made = Replica(infrastructure, amqp_url)
    await made.start()
    yield made
    await made.stop()


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
    replica: Replica, second: Replica, pair: Pair
) -> None:
    assert signals.streams_changed.listener == second.hub.changed
    async with reading(replica, pair.seeker) as here, reading(second, pair.seeker) as there:
        began = time.monotonic()
        await pair.requested()
        await here.has(1)
        await there.has(1)
        assert here.messages == there.messages
        assert time.monotonic() - began < 15


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


async def test_a_stream_ends_with_its_token(replica: Replica, pair: Pair) -> None:
    async with reading(replica, pair.seeker, seconds=3) as stream:
        assert not stream.ended
        began = time.monotonic()
        await stream.has_ended()
        assert time.monotonic() - began < 6


async def test_a_stream_ends_with_its_session_and_stays_ended(
    replica: Replica, second: Replica, pair: Pair
) -> None:
    mine, other = str(new_id()), str(new_id())
    async with (
        reading(replica, pair.seeker, sid=mine) as ended,
        reading(replica, pair.seeker, sid=other) as kept,
    ):
        revoked = e.SessionsRevoked(user_id=pair.seeker.id, session_ids=[mine])
        await pair.service.deliver(revoked)
        await ended.has_ended()
        await pair.requested()
        await kept.has(1)
    headers = {"authorization": f"Bearer {token_for(pair.seeker, sid=mine)}"}
    async with httpx.AsyncClient() as http:
        answer = await http.get(f"{second.url}/events", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_all_sessions_but_one_end(replica: Replica, pair: Pair) -> None:
    mine, other = str(new_id()), str(new_id())
    async with (
        reading(replica, pair.seeker, sid=mine, iat=int(time.time()) - 60) as kept,
        reading(replica, pair.seeker, sid=other, iat=int(time.time()) - 60) as ended,
    ):
        revoked = e.SessionsRevoked(user_id=pair.seeker.id, except_session_id=mine)
        await pair.service.deliver(revoked)
        await ended.has_ended()
        await pair.requested()
        await kept.has(1)
    # A session that began afterwards has not ended.
    async with reading(replica, pair.seeker, sid=str(new_id())) as later:
        await pair.happens(e.BookingExpired)
        await later.has(1)


async def test_at_most_ten_streams_of_a_user_wherever_they_are(
    replica: Replica, second: Replica, pair: Pair
) -> None:
    streams = []
    stack = []
    for number in range(12):
        context = reading((replica, second)[number % 2], pair.seeker)
        stack.append(context)
        streams.append(await context.__aenter__())
    await streams[0].has_ended()
    await streams[1].has_ended()
    await pair.requested()
    for stream in streams[2:]:
        await stream.has(1)
        assert not stream.ended
    for context in stack:
        await context.__aexit__(None, None, None)

    async def nobody() -> bool:
        hubs = (replica.hub, second.hub)
        return not any(hub.streams_of(pair.seeker.id) for hub in hubs)

    await eventually(nobody)


async def test_a_replica_that_leaves_ends_its_streams_and_takes_no_more(
    replica: Replica, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with reading(replica, pair.seeker) as stream:
        monkeypatch.setattr(draining, "begun", True)
        await stream.has_ended()
        headers = {"authorization": f"Bearer {token_for(pair.seeker)}"}
        async with httpx.AsyncClient() as http:
            answer = await http.get(f"{replica.url}/events", headers=headers)
        assert answer.status_code == 503


async def test_event_before_its_booking_is_announced_once_the_booking_is_known(
    notifications: Notifications, pair: Pair
) -> None:
    await notifications.deliver(
        e.PaymentCaptured(
            booking_id=pair.booking_id, payment_intent_id="pi_1", amount=6000, currency="eur"
        )
    )
    assert await notifications.sql("select 1 from stream_events") == []
    await pair.requested()
    rows = await notifications.sql("select * from stream_events where event = 'payment.captured'")
    assert {row["user_id"] for row in rows} == {pair.seeker.id, pair.consultant.id}
    assert "pi_1" not in rows[0]["data"]
    assert await notifications.sql("select 1 from early_events") == []


async def test_old_facts_do_not_bring_a_status_back(
    notifications: Notifications, pair: Pair
) -> None:
    await pair.requested()
    await pair.cancelled()
    late = e.BookingConfirmed(**pair.fields(pair.start + timedelta(days=1)))
    await notifications.deliver(late, sequence=1)
    ((status, start),) = await notifications.sql("select status, scheduled_start from bookings")
    assert (status, start) == ("cancelled", pair.start)
