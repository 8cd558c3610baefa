"""Presence through the API: heartbeats, what they decide, the call and its signals."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from services.booking.jobs.sweeps import sweeps
from services.booking.tests.conftest import Market, instant
from shared import clock
from shared.auth import User
from shared.events import SessionEnded, SessionMissed

MINUTE = timedelta(minutes=1)


async def beat(market: Market, booking: dict[str, Any], by: User, state: str = "here") -> Any:
    return await market.do("presence", booking, by, state=state)


async def both_here(market: Market, booking: dict[str, Any], seconds: range) -> None:
    """Heartbeats of both, at these seconds from now."""
    for second in seconds:
        with clock.moved(timedelta(seconds=second)):
            for user in (market.seeker, market.consultant):
                assert (await beat(market, booking, user)).status_code == 200


async def sweep(market: Market) -> None:
    for one in sweeps(market.harness.app.state.settings).values():
        await one.run(market.harness.database, lambda: None)


async def test_who_is_here_is_seen_by_both(market: Market) -> None:
    booking = await market.in_progress()
    mine = (await beat(market, booking, market.seeker)).json()
    assert mine["seeker"]["present"] is True
    assert mine["consultant"] == {"present": False, "seconds": 0}
    assert (mine["joint_seconds"], mine["since"]) == (0, None)
    with clock.moved(timedelta(seconds=5)):
        await beat(market, booking, market.consultant)
        path = f"/bookings/{booking['id']}/presence"
        seen = (await market.harness.get(path, user=market.seeker)).json()
        assert seen["consultant"]["present"] is True
        assert instant(seen["since"])
    with clock.moved(timedelta(seconds=15)):
        assert (await beat(market, booking, market.seeker)).json()["joint_seconds"] in (9, 10)
        gone = (await beat(market, booking, market.consultant, "gone")).json()
        assert gone["consultant"]["present"] is False
        assert gone["since"] is None


async def test_presence_counts_only_while_confirmed_or_in_progress(market: Market) -> None:
    for make in (market.requested, market.accepted):
        booking = await make(timedelta(days=1 + len(make.__name__)))
        assert (await beat(market, booking, market.seeker)).json()["code"] == "invalid_transition"
    over = await market.completed()
    refused = await beat(market, over, market.seeker)
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid_transition")
    assert "completed" in refused.json()["detail"]


@pytest.mark.parametrize("state", ["away", "", None, 1])
async def test_unknown_state_is_400(market: Market, state: Any) -> None:
    booking = await market.in_progress()
    answer = await beat(market, booking, market.seeker, state)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "state")


async def test_strangers_find_nothing(market: Market) -> None:
    booking = await market.in_progress()
    stranger = market.someone("seeker")
    assert (await beat(market, booking, stranger)).status_code == 404
    for path in ("presence", "call"):
        answer = await market.harness.get(f"/bookings/{booking['id']}/{path}", user=stranger)
        assert answer.status_code == 404
    assert (await market.do("signals", booking, stranger, data={})).status_code == 404


async def test_heartbeats_of_many_tabs_at_once_all_count(market: Market) -> None:
    booking = await market.in_progress()
    users = [market.seeker, market.consultant] * 8
    answers = await asyncio.gather(*(beat(market, booking, user) for user in users))
    assert {answer.status_code for answer in answers} == {200}
    path = f"/bookings/{booking['id']}/presence"
    seen = (await market.harness.get(path, user=market.seeker)).json()
    assert seen["seeker"]["present"]
    assert seen["consultant"]["present"]


@pytest.mark.parametrize(("last", "billable"), [(560, False), (700, True)])
async def test_joint_seconds_decide_the_charge(market: Market, last: int, billable: bool) -> None:
    booking = await market.in_progress()
    await both_here(market, booking, range(0, last, 20))
    with clock.moved(50 * MINUTE):
        ended = (await market.do("end", booking, market.seeker)).json()
    [event] = await market.harness.emitted(SessionEnded)
    assert ended["status"] == "completed"
    assert event.billable is billable
    assert event.joint_seconds == ended["joint_seconds"]
    assert last - 25 <= ended["joint_seconds"] <= last + 25
    assert ended["duration_seconds"] >= 50 * 60


async def test_alone_for_the_whole_session_is_a_no_show_at_its_end(market: Market) -> None:
    """The closed hole: one party starts, waits eleven minutes and ends."""
    booking = await market.in_progress()
    await beat(market, booking, market.consultant)
    with clock.moved(21 * MINUTE):  # it was to start in five
        ended = await market.do("end", booking, market.consultant)
    assert (ended.status_code, ended.json()["status"]) == (200, "no_show")
    assert ended.json()["absent"] == "seeker"
    assert await market.harness.emitted(SessionEnded) == []
    [missed] = await market.harness.emitted(SessionMissed)
    assert (missed.absent, missed.fee) == ("seeker", 6_000)


@pytest.mark.parametrize("started", [False, True])
@pytest.mark.parametrize(
    ("came", "absent", "fee"), [("seeker", "consultant", 0), ("consultant", "seeker", 6_000)]
)
async def test_sweep_gives_up_who_has_not_come_15_minutes_after_the_start(
    market: Market, started: bool, came: str, absent: str, fee: int
) -> None:
    booking = await market.confirmed(5 * MINUTE)
    who = market.seeker if came == "seeker" else market.consultant
    if started:
        await market.do("start", booking, who)
    await beat(market, booking, who)
    with clock.moved(19 * MINUTE):
        await sweep(market)
        assert await market.status(booking) in ("confirmed", "in_progress")
    with clock.moved(20 * MINUTE):
        await sweep(market)
        await sweep(market)
    after = await market.read(booking)
    assert (after["status"], after["absent"]) == ("no_show", absent)
    [event] = await market.harness.emitted(SessionMissed)
    assert (event.absent, event.fee) == (absent, fee)
    assert (await market.events_of(booking))[-1] == "session.missed"


async def test_who_comes_in_the_last_moment_is_not_absent(market: Market) -> None:
    booking = await market.confirmed(5 * MINUTE)
    await beat(market, booking, market.consultant)
    with clock.moved(19 * MINUTE):
        await beat(market, booking, market.seeker)
    with clock.moved(21 * MINUTE):
        await sweep(market)
    assert await market.status(booking) == "confirmed"


async def test_sweep_finds_the_absent_at_the_end_of_a_short_session(open_market: Any) -> None:
    market = await open_market(minimum_slot_seconds="60")
    booking = await market.confirmed(5 * MINUTE, minutes=2)
    await beat(market, booking, market.seeker)
    with clock.moved(7 * MINUTE):
        await sweep(market)
    assert (await market.read(booking))["absent"] == "consultant"


async def test_without_any_presence_nobody_came(market: Market) -> None:
    booking = await market.confirmed(5 * MINUTE)
    with clock.moved(90 * MINUTE):
        await sweep(market)
    after = await market.read(booking)
    assert (after["status"], after["absent"], after["joint_seconds"]) == ("no_show", "both", None)
    [event] = await market.harness.emitted(SessionMissed)
    assert event.fee == 0


# ---- the call


@pytest.fixture
def call_settings() -> Iterator[dict[str, str]]:
    yield {
        "stun_urls": "stun:turn.example:3478",
        "turn_urls": "turn:turn.example:3478?transport=udp, turns:turn.example:5349",
        "turn_secret": "north",
        "call_relay_only": "1",
    }


async def test_call_has_short_lived_credentials_of_turns_rest_convention(
    open_market: Any, call_settings: dict[str, str]
) -> None:
    market = await open_market(**call_settings)
    booking = await market.in_progress()
    path = f"/bookings/{booking['id']}/call"
    call = (await market.harness.get(path, user=market.seeker)).json()
    other = (await market.harness.get(path, user=market.consultant)).json()
    assert call["room"] == other["room"]
    assert len(call["room"]) == 32
    stun, turn = call["ice_servers"]
    assert stun == {"urls": ["stun:turn.example:3478"]}
    assert turn["urls"] == ["turn:turn.example:3478?transport=udp", "turns:turn.example:5349"]
    expires = int(turn["username"].partition(":")[0])
    lasts = expires - clock.now().timestamp()
    assert 6 * 3600 - 60 < lasts <= 6 * 3600
    digest = hmac.new(b"north", turn["username"].encode(), hashlib.sha1).digest()
    assert base64.b64decode(turn["credential"]) == digest
    assert turn["username"] != other["ice_servers"][1]["username"]
    assert call["ice_transport_policy"] == "relay"


async def test_call_opens_15_minutes_before_the_start_and_closes_at_the_end(
    market: Market,
) -> None:
    booking = await market.confirmed(20 * MINUTE)
    path = f"/bookings/{booking['id']}/call"
    for moved, status in ((4, 409), (6, 200), (79, 200), (80, 409)):
        with clock.moved(moved * MINUTE):
            answer = await market.harness.get(path, user=market.seeker)
        assert answer.status_code == status, moved
    assert answer.json()["code"] == "invalid_transition"


# ---- signals


async def test_signal_reaches_the_other_party_as_it_is(market: Market) -> None:
    booking = await market.in_progress()
    offer = {"description": {"type": "offer", "sdp": "no SDP <script>"}}
    assert (await market.do("signals", booking, market.seeker, data=offer)).status_code == 204
    assert (
        await market.do("signals", booking, market.consultant, data={"x": 1})
    ).status_code == 204
    first, second = market.harness.live.sent
    assert (first.user_id, second.user_id) == (market.consultant.id, market.seeker.id)
    assert first.event == second.event == "session.signal"
    assert (first.data["from"], first.data["data"]) == ("seeker", offer)
    assert str(first.data["booking_id"]) == booking["id"]


async def test_signal_that_is_too_large_is_400(market: Market) -> None:
    booking = await market.in_progress()
    fits = {"s": "x" * (64 * 1024 - len('{"s":""}'))}
    assert (await market.do("signals", booking, market.seeker, data=fits)).status_code == 204
    too_large = {"s": fits["s"] + "x"}
    answer = await market.do("signals", booking, market.seeker, data=too_large)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "data")
    for malformed in ("text", [1], None):
        answer = await market.do("signals", booking, market.seeker, data=malformed)
        assert answer.status_code == 400
    assert len(market.harness.live.sent) == 1


async def test_signals_end_with_the_session(market: Market) -> None:
    booking = await market.completed()
    answer = await market.do("signals", booking, market.seeker, data={})
    assert (answer.status_code, answer.json()["code"]) == (409, "invalid_transition")
    assert market.harness.live.sent == []


async def test_a_flood_of_signals_is_429(market: Market) -> None:
    booking = await market.in_progress()
    statuses = [
        (await market.do("signals", booking, market.seeker, data={"n": n})).status_code
        for n in range(301)
    ]
    assert statuses.count(204) == 300
    refused = await market.do("signals", booking, market.seeker, data={})
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    # the other party is counted for itself
    assert (await market.do("signals", booking, market.consultant, data={})).status_code == 204


async def test_signal_while_the_broker_is_away_is_503(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(*_: Any, **__: Any) -> bool:
        return False

    monkeypatch.setattr(market.harness.live, "send", lost)
    booking = await market.in_progress()
    answer = await market.do("signals", booking, market.seeker, data={})
    assert (answer.status_code, answer.json()["code"]) == (503, "service_unavailable")
