"""The call of a session: what a browser needs to join it, and the signals of its negotiation."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from services.booking.tests.conftest import Market
from shared import clock

MINUTE = timedelta(minutes=1)


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
        with clock.shifted(moved * MINUTE):
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
