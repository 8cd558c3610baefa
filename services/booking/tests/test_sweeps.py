"""Every deadline: nothing happens before it, the right thing after it, once."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.booking.jobs.sweeps import BATCH, Sweep, sweeps
from services.booking.tests.conftest import Market, instant
from shared import clock
from shared.events import BookingCancelled, BookingExpired, SessionEnded, SessionMissed
from shared.jobs import Batches
from shared.problems import Problem

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)


async def sweep(market: Market) -> int:
    """Runs all sweeps once; how often the directory's job was woken, which is once per booking
    moved.
    """
    woken = 0

    def wake() -> None:
        nonlocal woken
        woken += 1

    for one in sweeps(market.harness.app.state.settings).values():
        assert await one.run(market.harness.database, wake) is False
    return woken


async def passes_at(
    market: Market, booking: dict[str, Any], deadline: str, later: timedelta
) -> None:
    """Sweeps just before that instant of the booking + `later`: nothing moves; and just after: the
    booking moves, once.
    """
    due_in = instant(booking[deadline]) + later - clock.now()
    with clock.shifted(due_in - timedelta(seconds=5)):
        assert await sweep(market) == 0
    assert await market.status(booking) == booking["status"]
    with clock.shifted(due_in + timedelta(seconds=1)):
        assert await sweep(market) == 1
        assert await sweep(market) == 0


async def test_unanswered_request_expires_at_respond_by(market: Market) -> None:
    booking = await market.requested(5 * DAY)
    await passes_at(market, booking, "respond_by", timedelta())
    assert await market.status(booking) == "expired"
    assert await market.is_free(booking["slot_id"])
    assert len(await market.harness.emitted(BookingExpired)) == 1
    timeline = await market.harness.get(f"/bookings/{booking['id']}/timeline", user=market.seeker)
    assert timeline.json()["items"][-1]["actor"] == "system"


async def test_unanswered_request_expires_at_the_start_if_that_is_sooner(market: Market) -> None:
    booking = await market.requested(HOUR)
    await passes_at(market, booking, "scheduled_start", timedelta())
    assert await market.status(booking) == "expired"
    slots = await market.harness.get("/consultants/me/availability", user=market.consultant)
    assert [slot["is_booked"] for slot in slots.json()["items"]] == [False]


async def test_unpaid_booking_is_cancelled_at_its_deadline(market: Market) -> None:
    booking = await market.unpaid(5 * DAY)
    await passes_at(market, booking, "payment_deadline", timedelta())
    cancelled = await market.read(booking)
    assert (cancelled["status"], cancelled["payment_deadline"]) == ("cancelled", None)
    assert await market.is_free(booking["slot_id"])
    [event] = await market.harness.emitted(BookingCancelled)
    assert (event.cancelled_by, event.fee) == ("system", 0)


async def test_booking_whose_payment_never_answers_is_cancelled_at_its_start(
    market: Market,
) -> None:
    booking = await market.accepted(HOUR)
    await passes_at(market, booking, "scheduled_start", timedelta())
    cancelled = await market.read(booking)
    assert (cancelled["status"], cancelled["payment_status"]) == ("cancelled", "authorizing")
    await market.harness.deliver(market.authorized(booking))
    assert await market.status(booking) == "cancelled"


async def test_session_that_nobody_starts_is_missed_15_minutes_after_its_end(
    market: Market,
) -> None:
    booking = await market.confirmed(HOUR)
    await passes_at(market, booking, "scheduled_end", 15 * MINUTE)
    assert await market.status(booking) == "no_show"
    assert len(await market.harness.emitted(SessionMissed)) == 1


async def test_session_that_nobody_ends_is_ended_15_minutes_after_its_end(market: Market) -> None:
    booking = await market.in_progress(minutes=30)
    await passes_at(market, booking, "scheduled_end", 15 * MINUTE)
    ended = await market.read(booking)
    assert ended["status"] == "completed"
    # When the system comes late, the session is not the longer for it.
    assert instant(ended["session_end_time"]) == instant(booking["scheduled_end"]) + 15 * MINUTE
    [event] = await market.harness.emitted(SessionEnded)
    assert (event.ended_by, event.billable) == ("system", True)


async def test_grace_after_the_end_is_a_setting(open_market: Any) -> None:
    market = await open_market(auto_end_after_seconds="60")
    booking = await market.confirmed(HOUR)
    await passes_at(market, booking, "scheduled_end", MINUTE)
    assert await market.status(booking) == "no_show"


async def test_two_replicas_sweep_each_booking_once(market: Market) -> None:
    for _ in range(4):
        await market.request(
            await market.slot(5 * DAY, by=await another(market)), by=market.someone("seeker")
        )
    with clock.shifted(3 * DAY):
        moved = await asyncio.gather(*(sweep(market) for _ in range(4)))
    assert sum(moved) == 4
    assert len(await market.harness.emitted(BookingExpired)) == 4


async def another(market: Market) -> Any:
    return await market.priced(market.someone("consultant"))


async def test_one_that_cannot_be_moved_does_not_hold_up_the_others(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = await market.requested(5 * DAY)
    other = (
        await market.request(
            await market.slot(5 * DAY, by=await another(market)), by=market.someone("seeker")
        )
    ).json()
    expire = sweeps(market.harness.app.state.settings)["expire-requests"]
    act = expire._act

    async def fail_for_the_first(db: Any, booking: Any) -> None:
        if str(booking.id) == stuck["id"]:
            raise Problem("broken")
        await act(db, booking)

    monkeypatch.setattr(expire, "_act", fail_for_the_first)
    monkeypatch.setattr(expire, "_batches", Batches[UUID]("sweep of a booking failed", 1))
    with clock.shifted(3 * DAY):
        while await expire.run(market.harness.database, lambda: None):
            pass
    rows = await market.harness.sql("select id, status from bookings")
    assert {str(row["id"]): row["status"] for row in rows} == {
        stuck["id"]: "requested",
        other["id"]: "expired",
    }


async def test_every_sweep_has_an_index_that_holds_only_what_waits(market: Market) -> None:
    await market.harness.sql("set enable_seqscan = off")
    used = {
        name: await plan_of(market, one)
        for name, one in sweeps(market.harness.app.state.settings).items()
    }
    for name, index in {
        "expire-requests": "ix_bookings_unanswered",
        "lapse-unauthorised": "ix_bookings_unauthorised",
        "lapse-unpaid": "ix_bookings_unpaid",
        "miss-sessions": "ix_bookings_unstarted",
        "end-sessions": "ix_bookings_unended",
        "expire-proposals": "ix_bookings_proposals",
        "miss-absent-parties": "ix_bookings_sessions",
    }.items():
        assert f" {index}" in used.pop(name)
    assert used == {}


async def plan_of(market: Market, one: Sweep) -> str:
    """How PostgreSQL finds what is due, when the statement has been prepared and its parameters are
    unknown.
    """
    arguments = one.due.query.arguments({"before": clock.now(), "rows": BATCH})
    rows = await market.harness.sql(f"explain (generic_plan) {one.due.query.sql}", *arguments)
    return "\n".join(row[0] for row in rows)


async def test_the_running_service_has_every_sweep_among_its_jobs(market: Market) -> None:
    booking = await market.requested(5 * DAY)
    jobs = {job.name: job for job in market.harness.service.jobs}
    assert jobs.keys() >= sweeps(market.harness.app.state.settings).keys()
    with clock.shifted(3 * DAY):
        for job in jobs.values():
            assert await job.work() is False
    assert await market.status(booking) == "expired"
    # the slot is free again, and the directory is to know
    assert jobs["publish-free-time"]._wake.is_set()
