"""Presence through the API: heartbeats and their effects."""

from __future__ import annotations

import asyncio
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
        with clock.shifted(timedelta(seconds=second)):
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
    with clock.shifted(timedelta(seconds=5)):
        await beat(market, booking, market.consultant)
        path = f"/bookings/{booking['id']}/presence"
        seen = (await market.harness.get(path, user=market.seeker)).json()
        assert seen["consultant"]["present"] is True
        assert instant(seen["since"])
    with clock.shifted(timedelta(seconds=15)):
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


async def test_heartbeat_after_the_first_is_one_statement(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = await market.in_progress()
    await beat(market, booking, market.seeker)
    statements = market.statements(monkeypatch)
    for user in (market.consultant, market.seeker):
        assert (await beat(market, booking, user)).status_code == 200
    assert len(statements) == 2


async def test_what_another_replica_has_written_is_noticed(market: Market) -> None:
    booking = await market.in_progress()
    await both_here(market, booking, range(0, 20, 10))
    before = await beat(market, booking, market.seeker)
    await market.harness.sql("""
        update presences set joint_microseconds = joint_microseconds + 100000000,
            accounted_until = accounted_until + interval '1 microsecond'
    """)
    after = await beat(market, booking, market.seeker)
    joint = [one.json()["joint_seconds"] for one in (before, after)]
    assert 100 <= joint[1] - joint[0] <= 101


async def test_session_that_has_begun_meanwhile_counts_from_its_start(market: Market) -> None:
    booking = await market.confirmed(5 * MINUTE)
    await both_here(market, booking, range(0, 30, 10))
    with clock.shifted(timedelta(seconds=30)):
        await market.do("start", booking, market.seeker)
    with clock.shifted(timedelta(seconds=40)):
        answer = await beat(market, booking, market.seeker)
    assert answer.json()["joint_seconds"] in (9, 10)


@pytest.mark.parametrize(("last", "billable"), [(560, False), (700, True)])
async def test_joint_seconds_decide_the_charge(market: Market, last: int, billable: bool) -> None:
    booking = await market.in_progress()
    await both_here(market, booking, range(0, last, 20))
    with clock.shifted(50 * MINUTE):
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
    with clock.shifted(21 * MINUTE):  # it was to start in five
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
    with clock.shifted(19 * MINUTE):
        await sweep(market)
        assert await market.status(booking) in ("confirmed", "in_progress")
    with clock.shifted(20 * MINUTE):
        await sweep(market)
        await sweep(market)
    after = await market.read(booking)
    assert (after["status"], after["absent"]) == ("no_show", absent)
    [event] = await market.harness.emitted(SessionMissed)
    assert (event.absent, event.fee) == (absent, fee)
    assert (await market.events_of(booking))[-1] == "session.missed"


async def test_session_started_late_and_alone_does_not_end_before_it_began(market: Market) -> None:
    booking = await market.confirmed(5 * MINUTE)
    with clock.shifted(30 * MINUTE):  # 25 minutes after its scheduled start
        await market.do("start", booking, market.consultant)
        await beat(market, booking, market.consultant)
        await sweep(market)
    after = await market.read(booking)
    assert (after["status"], after["duration_seconds"]) == ("no_show", 0)
    assert after["session_end_time"] == after["session_start_time"]


@pytest.mark.parametrize("who", ["seeker", "consultant"])
async def test_session_whose_other_party_is_absent_cannot_be_cancelled(
    market: Market, who: str
) -> None:
    booking, user = await market.confirmed(5 * MINUTE), getattr(market, who)
    await beat(market, booking, user)
    path = f"/bookings/{booking['id']}/cancellation"
    with clock.shifted(20 * MINUTE):  # and the sweep has not run yet
        said = (await market.harness.get(path, user=user)).json()
        refused = await market.do("cancel", booking, user)
    assert (said["can_cancel"], said["fee"], said["returned"]) == (False, 0, 0)
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid_transition")
    assert refused.json()["detail"] == said["policy"]
    assert said["policy"] == (
        "The booking is confirmed, but its session did not take place: it counts as missed and"
        " cannot be cancelled."
    )


async def test_who_comes_in_the_last_moment_is_not_absent(market: Market) -> None:
    booking = await market.confirmed(5 * MINUTE)
    await beat(market, booking, market.consultant)
    with clock.shifted(19 * MINUTE):
        await beat(market, booking, market.seeker)
    with clock.shifted(21 * MINUTE):
        await sweep(market)
    assert await market.status(booking) == "confirmed"


async def test_sweep_finds_the_absent_at_the_end_of_a_short_session(open_market: Any) -> None:
    market = await open_market(minimum_slot_seconds="60")
    booking = await market.confirmed(5 * MINUTE, minutes=2)
    await beat(market, booking, market.seeker)
    with clock.shifted(7 * MINUTE):
        await sweep(market)
    assert (await market.read(booking))["absent"] == "consultant"


async def test_without_any_presence_nobody_came(market: Market) -> None:
    booking = await market.confirmed(5 * MINUTE)
    with clock.shifted(90 * MINUTE):
        await sweep(market)
    after = await market.read(booking)
    assert (after["status"], after["absent"], after["joint_seconds"]) == ("no_show", "both", None)
    [event] = await market.harness.emitted(SessionMissed)
    assert event.fee == 0
