"""Effects of busy calendars: they hide slots, free them again, and warn of conflicts."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from services.booking.domain.busy_calendars import READ_EVERY
from services.booking.store.rules import slots_ahead
from services.booking.store.users import lock_user
from services.booking.tests.conftest import Market, instant
from services.booking.tests.feeds import DAY, HOUR, PATH, Feeds
from shared import clock
from shared.events import (
    AvailabilityChanged,
    BusyCalendarConflicted,
    UserUpdated,
    WaitlistTimeFreed,
)
from shared.testing import eventually


async def test_busy_event_hides_the_slots_that_it_overlaps_and_gives_them_back(
    market: Market, feeds: Feeds
) -> None:
    hidden, free = await market.offer((DAY, DAY + HOUR), (DAY + HOUR, DAY + 2 * HOUR))
    await feeds.add()
    feeds.busy(hidden)
    await feeds.sweep()
    assert not await market.is_free(hidden["id"])
    assert await market.is_free(free["id"])
    refused = await market.request(hidden)
    assert (refused.status_code, refused.json()["code"]) == (409, "slot_unavailable")
    assert (await market.request(free)).status_code == 201
    [shown] = await feeds.listed()
    assert instant(shown["busy_until"]) == feeds.times[-1][1]
    assert shown["last_read_at"] is not None
    feeds.times = []
    with clock.shifted(READ_EVERY):
        await feeds.sweep()
        assert await market.is_free(hidden["id"])
        assert (await market.request(hidden)).status_code == 201


async def test_event_during_a_booking_warns_once_and_cancels_nothing(
    market: Market, feeds: Feeds
) -> None:
    booking = await market.confirmed()
    await feeds.add()
    feeds.times = [(instant(booking["scheduled_start"]), instant(booking["scheduled_end"]))]
    await feeds.sweep()
    with clock.shifted(READ_EVERY):
        await feeds.sweep()
    [warning] = await market.harness.emitted(BusyCalendarConflicted)
    assert str(warning.booking_id) == booking["id"]
    assert warning.scheduled_start == instant(booking["scheduled_start"])
    assert (warning.consultant_id, warning.name) == (market.consultant.id, "Private")
    assert await market.status(booking) == "confirmed"


async def test_ended_booking_and_touching_event_warn_of_nothing(
    market: Market, feeds: Feeds
) -> None:
    gone = await market.requested(DAY)
    await market.do("decline", gone, market.consultant)
    booking = await market.confirmed(2 * DAY)
    await feeds.add()
    start, end = (instant(booking[name]) for name in ("scheduled_start", "scheduled_end"))
    feeds.times = [
        (instant(gone["scheduled_start"]), instant(gone["scheduled_end"])),
        (start - HOUR, start),
        (end, end + HOUR),
    ]
    await feeds.sweep()
    assert await market.harness.emitted(BusyCalendarConflicted) == []


async def test_removed_calendar_gives_its_times_back(market: Market, feeds: Feeds) -> None:
    slot = await market.slot()
    added = await feeds.add()
    feeds.busy(slot)
    await feeds.sweep()
    path = f"{PATH}/{added['id']}"
    assert (await market.harness.delete(path, user=market.consultant)).status_code == 204
    assert await market.is_free(slot["id"])
    assert await feeds.listed() == []
    assert await market.harness.sql("select from busy_times") == []
    for answer in (
        await market.harness.delete(path, user=market.consultant),
        await market.harness.post(f"{path}/refresh", user=market.consultant),
    ):
        assert answer.status_code == 404


async def test_one_of_two_calendars_still_hides_a_slot(market: Market, feeds: Feeds) -> None:
    slot = await market.slot()
    first, _ = await feeds.add(name="One"), await feeds.add(name="Two")
    feeds.busy(slot)
    await feeds.sweep()
    await market.harness.delete(f"{PATH}/{first['id']}", user=market.consultant)
    assert not await market.is_free(slot["id"])


async def test_whole_days_are_those_of_the_rules_or_of_the_consultant(
    market: Market, feeds: Feeds
) -> None:
    await feeds.add()
    await market.consultant_event(UserUpdated, time_zone="Asia/Tokyo")
    await feeds.sweep()
    rules = {"time_zone": "Europe/Berlin", "weekly": [], "slot_minutes": 60}
    await market.harness.put(
        "/consultants/me/availability/rules", user=market.consultant, json=rules
    )
    with clock.shifted(READ_EVERY):
        await feeds.sweep()
    assert [zone for _, zone in feeds.read_addresses] == ["Asia/Tokyo", "Europe/Berlin"]


async def test_directory_and_waitlist_hear_of_what_is_given_back(
    market: Market, feeds: Feeds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.booking.jobs.free_time.GATHER_SECONDS", 0)
    slot = await market.slot()
    await feeds.add()
    feeds.busy(slot)
    await feeds.sweep()
    at = clock.now()
    waits = {"from": at.isoformat(), "to": (at + 20 * DAY).isoformat()}
    await market.harness.post(
        f"/consultants/{market.consultant.id}/waitlist", user=market.seeker, json=waits
    )
    with clock.shifted(timedelta(minutes=1)):
        await market.run_job("notify-waitlist")
        [before] = await free_time_of(market)
    assert before.free == []
    feeds.times = []
    with clock.shifted(READ_EVERY):
        await feeds.sweep()
        after = (await free_time_of(market))[-1]
        await market.run_job("notify-waitlist")
    assert [one.start_time for one in after.free] == [instant(slot["start_time"])]
    [emitted] = await market.harness.emitted(WaitlistTimeFreed)
    assert str(emitted.slot_id) == slot["id"]
    assert feeds.woken >= 2


async def free_time_of(market: Market) -> list[AvailabilityChanged]:
    await market.run_job("publish-free-time")
    return await market.harness.emitted(AvailabilityChanged)


async def test_ten_thousand_busy_times_are_kept_and_only_changes_written(
    market: Market, feeds: Feeds
) -> None:
    at = clock.now().replace(microsecond=0) + DAY
    feeds.times = [(at + n * HOUR / 2, at + n * HOUR / 2 + HOUR / 4) for n in range(10_000)]
    await feeds.add()
    await feeds.sweep()
    [count] = await market.harness.sql("select count(*) as n, max(xmin::text) x from busy_times")
    assert count["n"] == 10_000
    feeds.times = feeds.times[1:]
    with clock.shifted(READ_EVERY):
        await feeds.sweep()
    [after] = await market.harness.sql("select count(*) as n, max(xmin::text) x from busy_times")
    assert (after["n"], after["x"]) == (9_999, count["x"])


async def test_reading_waits_for_other_changes_of_its_consultants_time(
    market: Market, feeds: Feeds
) -> None:
    """Saving rules locks slots one after the other, and so does a reading that frees many of them:
    without the consultant's lock they could deadlock.
    """
    own = await market.offer(*((n * DAY, n * DAY + HOUR) for n in range(1, 21)))
    await feeds.add()
    for slot in own:
        feeds.busy(slot)
    await feeds.sweep()
    feeds.times = []
    with clock.shifted(READ_EVERY):
        async with market.harness.database.transaction() as db:
            await lock_user(db, market.consultant.id)
            await slots_ahead(db, market.consultant.id, instant(own[-1]["start_time"]))
            reading = asyncio.create_task(feeds.sweep())
            await eventually(lambda: _somebody_waits(market))
            assert len(await slots_ahead(db, market.consultant.id, clock.now())) == len(own)
        await reading
    assert await market.is_free(own[0]["id"])


async def _somebody_waits(market: Market) -> bool:
    waiting = """
        select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
    """
    return bool(await market.harness.sql(waiting))


async def test_explanation_names_the_calendar(market: Market, feeds: Feeds) -> None:
    slot = await market.slot()
    await feeds.add()
    feeds.busy(slot)
    await feeds.sweep()
    answer = await market.harness.get(
        "/consultants/me/availability/explain",
        user=market.consultant,
        params={"at": slot["start_time"]},
    )
    body = answer.json()
    assert (body["offered"], [reason["code"] for reason in body["reasons"]]) == (
        False,
        ["busy_calendar"],
    )
    assert datetime.fromisoformat(body["at"]).astimezone(UTC) == instant(slot["start_time"])
