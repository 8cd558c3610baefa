"""Free time as published for the directory: complete, soon, and not too often."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from services.booking.jobs import free_time
from services.booking.jobs.free_time import PAUSE
from services.booking.store import free_time as store
from services.booking.tests.conftest import Market, instant
from shared import clock
from shared.events import AvailabilityChanged, UserDeactivated
from shared.free_time import decode_slots
from shared.problems import Problem

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
RULES = "/consultants/me/availability/rules"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(free_time, "GATHER_SECONDS", 0)


async def publish(market: Market) -> list[AvailabilityChanged]:
    """Runs the job; returns all that has been published so far."""
    assert await market.run_job("publish-free-time") is False
    return await market.harness.emitted(AvailabilityChanged)


async def test_all_free_time_is_published_in_order(market: Market) -> None:
    later, sooner, taken = await market.offer(
        (3 * DAY, 3 * DAY + HOUR), (DAY, DAY + HOUR), (2 * DAY, 2 * DAY + HOUR)
    )
    await market.request(taken)
    [event] = await publish(market)
    assert event.consultant_id == market.consultant.id
    assert event.next_available_at == instant(sooner["start_time"])
    assert [(free.start_time, free.end_time) for free in event.free] == [
        (instant(slot["start_time"]), instant(slot["end_time"])) for slot in (sooner, later)
    ]


async def test_nothing_is_published_where_nothing_changed(market: Market) -> None:
    assert await publish(market) == []
    await market.slot()
    assert len(await publish(market)) == 1
    with clock.shifted(PAUSE):
        assert len(await publish(market)) == 1


async def test_changes_within_a_second_wait_and_are_published_together(market: Market) -> None:
    await market.slot(DAY)
    assert len(await publish(market)) == 1
    await market.slot(2 * DAY)
    await market.slot(3 * DAY)
    assert len(await publish(market)) == 1
    with clock.shifted(PAUSE):
        first, second = await publish(market)
    assert (len(first.free), len(second.free)) == (1, 3)


async def test_long_list_is_published_less_often(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(free_time, "PAUSE_PER_SLOT", timedelta(seconds=1))
    await market.offer(*((n * DAY, n * DAY + HOUR) for n in range(1, 6)))
    assert len(await publish(market)) == 1
    await market.slot(9 * DAY)
    with clock.shifted(timedelta(seconds=4)):
        assert len(await publish(market)) == 1
    with clock.shifted(timedelta(seconds=6)):
        assert len(await publish(market)) == 2


async def test_one_consultant_does_not_wait_for_another(market: Market) -> None:
    await market.slot()
    await publish(market)
    await market.slot(by=market.someone("consultant"))
    assert len(await publish(market)) == 2


@pytest.mark.parametrize("change", ["request", "decline", "cancel", "withdraw"])
async def test_every_change_of_free_time_is_noted_and_the_job_woken(
    market: Market, change: str
) -> None:
    slot = await market.slot()
    woken = market.harness.job("publish-free-time")._wake
    booking = (await market.request(slot)).json() if change in ("decline", "cancel") else {}
    with clock.shifted(PAUSE):
        before = await publish(market)
    woken.clear()
    with clock.shifted(2 * PAUSE):
        await CHANGES[change](market, slot, booking)
        after = await publish(market)
    assert len(after) == len(before) + 1
    assert [len(e.free) for e in after[-2:]] == (
        [1, 0] if change in ("request", "withdraw") else [0, 1]
    )
    assert woken.is_set()


CHANGES: dict[str, Any] = {
    "request": lambda market, slot, _: market.request(slot),
    "decline": lambda market, _, booking: market.do("decline", booking, market.consultant),
    "cancel": lambda market, _, booking: market.do("cancel", booking, market.seeker),
    "withdraw": lambda market, slot, _: market.harness.delete(
        f"/consultants/me/availability/{slot['id']}", user=market.consultant
    ),
}


async def test_rules_that_change_only_what_is_offered_are_published(market: Market) -> None:
    """The slots stay; but some are within the notice. It is published too, because it passes
    further slots without any event.
    """
    window = {"weekday": clock.now().isoweekday() % 7 + 1, "start": "00:00", "end": "24:00"}
    rules = {"time_zone": "UTC", "weekly": [window], "slot_minutes": 60, "horizon_days": 3}
    await market.harness.put(RULES, user=market.consultant, json=rules)
    [whole_day] = await publish(market)
    assert (len(decode_slots(whole_day)), whole_day.minimum_notice_minutes) == (24, 0)
    with clock.shifted(PAUSE):
        later = rules | {"minimum_notice_minutes": 2 * 24 * 60}
        await market.harness.put(RULES, user=market.consultant, json=later)
        [_, nothing] = await publish(market)
    assert decode_slots(nothing) == []
    with clock.shifted(2 * PAUSE):
        minutes = round((decode_slots(whole_day)[5].start_time - clock.now()) / MINUTE)
        await market.harness.put(
            RULES, user=market.consultant, json=rules | {"minimum_notice_minutes": minutes + 1}
        )
        some = (await publish(market))[-1]
    assert decode_slots(some) == decode_slots(whole_day)[6:]
    assert some.minimum_notice_minutes == minutes + 1


async def test_refused_request_changes_nothing(market: Market) -> None:
    slot = await market.slot()
    await market.request(slot)
    await publish(market)
    woken = market.harness.job("publish-free-time")._wake
    woken.clear()
    assert (await market.request(slot, by=market.someone("seeker"))).status_code == 409
    with clock.shifted(PAUSE):
        assert len(await publish(market)) == 1
    assert not woken.is_set()


async def test_two_thousand_slots_are_published_whole_and_small(market: Market) -> None:
    at = clock.now().replace(microsecond=0) + DAY
    # as uneven as hands make them
    bounds = [
        (
            at + n * 4 * HOUR + timedelta(seconds=n),
            at + n * 4 * HOUR + timedelta(hours=1, seconds=n),
        )
        for n in range(2_000)
    ]
    await market.harness.sql(
        """
        insert into availability_slots
            (id, consultant_id, start_time, end_time, is_booked, created_at, updated_at, from_rules)
        select gen_random_uuid(), $1, s, e, false, now(), now(), false
        from unnest($2::timestamptz[], $3::timestamptz[]) t (s, e)
        """,
        market.consultant.id,
        [start for start, _ in bounds],
        [end for _, end in bounds],
    )
    await market.harness.sql(
        "insert into free_time_changes (consultant_id) values ($1)", market.consultant.id
    )
    [event] = await publish(market)
    assert [(one.start_time, one.end_time) for one in decode_slots(event)] == bounds
    assert len(msgspec.json.encode(event)) < 64_000


async def test_closed_account_has_no_free_time(market: Market) -> None:
    await market.slot()
    await market.consultant_event(UserDeactivated)
    [event] = await publish(market)
    assert (event.free, event.next_available_at) == ([], None)


async def test_whole_batch_that_cannot_be_published_holds_up_nobody_else(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = """
        insert into free_time_changes (consultant_id)
        select gen_random_uuid() from generate_series(1, $1)
    """
    await market.harness.sql(queue, free_time.BATCH)
    read = store.free_time_of

    async def fail_for_others(db: Any, consultant_id: Any, *more: Any) -> Any:
        if consultant_id != market.consultant.id:
            raise Problem("broken")
        return await read(db, consultant_id, *more)

    monkeypatch.setattr(store, "free_time_of", fail_for_others)
    await market.slot()
    while await market.run_job("publish-free-time"):
        pass
    [event] = await market.harness.emitted(AvailabilityChanged)
    assert event.consultant_id == market.consultant.id


async def test_two_replicas_publish_once(market: Market) -> None:
    await market.slot()
    await asyncio.gather(*(market.run_job("publish-free-time") for _ in range(4)))
    assert len(await market.harness.emitted(AvailabilityChanged)) == 1
