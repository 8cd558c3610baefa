"""A stream ends with its token, its session, its replica, or for a newer one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace

import httpx
import pytest

from services.notifications.streams import stream as stream_module
from services.notifications.streams.stream import HEARTBEAT, OPENED, Stream
from services.notifications.tests.conftest import Pair
from services.notifications.tests.served import Replica, reading
from shared import events as e
from shared.draining import draining
from shared.ids import new_id
from shared.testing import eventually, token_for


async def test_a_stream_ends_with_its_token(replica: Replica, pair: Pair) -> None:
    async with reading(replica, pair.seeker, seconds=3) as stream:
        assert not stream.ended
        await stream.has_ended()


class Clock:
    """The clock of a stream to whose user nothing happens; only its waits advance it."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.waits: list[float] = []

    def time(self) -> float:
        return self.now

    @asynccontextmanager
    async def timeout(self, seconds: float) -> AsyncIterator[None]:
        self.waits.append(seconds)
        self.now += seconds
        raise TimeoutError
        yield


@pytest.mark.parametrize(
    ("valid", "waits"), [(-1, []), (0, []), (3, [3]), (12, [12]), (30, [12, 12, 6])]
)
async def test_a_stream_waits_no_longer_than_its_token_is_valid(
    monkeypatch: pytest.MonkeyPatch, valid: float, waits: list[float]
) -> None:
    clock, closed = Clock(), list[Stream]()
    monkeypatch.setattr(stream_module, "time", clock)
    waiting = SimpleNamespace(Event=asyncio.Event, timeout=clock.timeout)
    monkeypatch.setattr(stream_module, "asyncio", waiting)
    stream = Stream(new_id(), last_id=0, expires_at=clock.now + valid)
    sent = [chunk async for chunk in stream.chunks(closed.append)]
    assert clock.waits == waits
    assert sent == [OPENED, *(HEARTBEAT for _ in waits)]
    assert closed == [stream]


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
