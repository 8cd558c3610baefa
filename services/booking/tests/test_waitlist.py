"""Waitlists: joining, leaving, and the order of notifications."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.booking.tests.conftest import Market, instant
from shared import clock
from shared.auth import User
from shared.events import UserDeactivated, WaitlistTimeFreed

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MINUTE = timedelta(minutes=1)


pytestmark = pytest.mark.usefixtures("known_consultant")


def path(market: Market) -> str:
    return f"/consultants/{market.consultant.id}/waitlist"


async def wait(
    market: Market, by: User, start: timedelta = timedelta(), end: timedelta = 30 * DAY
) -> Any:
    at = clock.now()
    body = {"from": (at + start).isoformat(), "to": (at + end).isoformat()}
    return await market.harness.post(path(market), user=by, json=body)


async def notified(market: Market) -> list[Any]:
    """Runs the job until nobody is due; returns who was notified, of which slots."""
    while await market.run_job("notify-waitlist"):
        pass
    events = await market.harness.emitted(WaitlistTimeFreed)
    return [(event.seeker_id, str(event.slot_id)) for event in events]


async def test_waiting_seeker_is_notified_of_a_slot_that_becomes_free(market: Market) -> None:
    answer = await wait(market, market.seeker)
    assert answer.status_code == 201
    entry = answer.json()
    read = await market.harness.get(path(market), user=market.seeker)
    assert (read.status_code, read.json()) == (200, entry)
    assert await notified(market) == []
    slot = await market.slot()
    assert await notified(market) == [(market.seeker.id, slot["id"])]
    [event] = await market.harness.emitted(WaitlistTimeFreed)
    assert event.start_time == instant(slot["start_time"])
    assert str(event.waitlist_entry_id) == entry["id"]
    told_at = (await market.harness.get(path(market), user=market.seeker)).json()["told_at"]
    assert instant(told_at)


async def test_slot_that_is_free_again_is_announced(market: Market) -> None:
    booking = await market.requested()
    waiting = market.someone("seeker")
    await wait(market, waiting)
    assert await notified(market) == []
    await market.do("decline", booking, market.consultant)
    assert await notified(market) == [(waiting.id, booking["slot_id"])]


async def test_one_after_the_other_30_minutes_apart_while_it_is_free(market: Market) -> None:
    line = [market.someone("seeker") for _ in range(3)]
    for user in line:
        await wait(market, user)
    slot = await market.slot(5 * DAY)
    expected = [(user.id, slot["id"]) for user in line]
    for moved, number in ((0, 1), (29, 1), (31, 2), (59, 2), (62, 3), (100, 3)):
        with clock.shifted(moved * MINUTE):
            assert await notified(market) == expected[:number], moved


async def test_nobody_is_notified_once_the_slot_is_taken(market: Market) -> None:
    first, second = market.someone("seeker"), market.someone("seeker")
    await wait(market, first)
    await wait(market, second)
    slot = await market.slot(5 * DAY)
    await notified(market)
    await market.request(slot, by=first)
    with clock.shifted(HOUR):
        assert await notified(market) == [(first.id, slot["id"])]


async def test_many_slots_at_once_are_shared_among_those_who_wait(market: Market) -> None:
    line = [market.someone("seeker") for _ in range(2)]
    for user in line:
        await wait(market, user)
    times = [(5 * DAY + n * HOUR, 5 * DAY + (n + 1) * HOUR) for n in range(5)]
    slots = await market.offer(*times)
    at_once = [(line[n].id, slots[n]["id"]) for n in range(2)]
    assert await notified(market) == at_once
    with clock.shifted(10 * HOUR):
        # Nobody hears again of what they could have requested then: the second one only of the
        # slot that was the first one's turn.
        assert await notified(market) == [*at_once, (line[1].id, slots[0]["id"])]


async def test_nobody_is_passed_over_because_of_another_slot(market: Market) -> None:
    first, second = market.someone("seeker"), market.someone("seeker")
    await wait(market, first, 5 * DAY, 6 * DAY)
    await wait(market, second)
    early = await market.slot(5 * DAY + HOUR)
    expected = [(first.id, early["id"])]
    assert await notified(market) == expected
    with clock.shifted(MINUTE):
        late = await market.slot(7 * DAY)
        expected.append((second.id, late["id"]))
        assert await notified(market) == expected
    with clock.shifted(31 * MINUTE):
        expected.append((second.id, early["id"]))
        assert await notified(market) == expected
    with clock.shifted(5 * HOUR):
        assert await notified(market) == expected


async def test_everybody_hears_of_slots_that_became_free_together(market: Market) -> None:
    line = [market.someone("seeker") for _ in range(3)]
    for user in line:
        await wait(market, user)
    slots = await market.offer((5 * DAY, 5 * DAY + HOUR), (6 * DAY, 6 * DAY + HOUR))
    with clock.shifted(MINUTE):
        turns = [(0, 0), (1, 1)]
        assert await notified(market) == [(line[u].id, slots[s]["id"]) for u, s in turns]
    with clock.shifted(32 * MINUTE):
        turns += [(1, 0), (2, 1)]
        assert await notified(market) == [(line[u].id, slots[s]["id"]) for u, s in turns]
    with clock.shifted(63 * MINUTE):
        turns += [(2, 0)]
        assert await notified(market) == [(line[u].id, slots[s]["id"]) for u, s in turns]
    with clock.shifted(10 * HOUR):
        assert len(await notified(market)) == len(turns)


async def test_only_slots_within_the_period_are_announced(market: Market) -> None:
    await wait(market, market.seeker, 2 * DAY, 3 * DAY)
    await market.slot(DAY)
    await market.slot(3 * DAY - HOUR / 2)  # ends after it
    assert await notified(market) == []
    inside = await market.slot(2 * DAY + HOUR)
    assert await notified(market) == [(market.seeker.id, inside["id"])]


async def test_entry_is_gone_when_they_book(market: Market) -> None:
    await wait(market, market.seeker)
    other = await market.priced(market.someone("consultant"))
    await market.request(await market.slot(8 * DAY, by=other))
    assert (await market.harness.get(path(market), user=market.seeker)).status_code == 200
    await market.request(await market.slot())
    gone = await market.harness.get(path(market), user=market.seeker)
    assert (gone.status_code, gone.json()["code"]) == (404, "not_found")


async def test_entry_is_gone_when_its_time_has_passed(market: Market) -> None:
    await wait(market, market.seeker, end=DAY)
    with clock.shifted(DAY + MINUTE):
        assert (await market.harness.get(path(market), user=market.seeker)).status_code == 404
        await notified(market)
    assert await market.harness.sql("select 1 from waitlist_entries") == []


async def test_new_times_keep_the_place(market: Market) -> None:
    first, second = market.someone("seeker"), market.someone("seeker")
    entry = (await wait(market, first)).json()
    await wait(market, second)
    again = (await wait(market, first, end=40 * DAY)).json()
    assert (again["id"], again["created_at"]) == (entry["id"], entry["created_at"])
    assert again["to"] != entry["to"]
    slot = await market.slot()
    assert await notified(market) == [(first.id, slot["id"])]


async def test_seeker_who_has_left_is_not_notified(market: Market) -> None:
    await wait(market, market.seeker)
    for _ in range(2):
        left = await market.harness.delete(path(market), user=market.seeker)
        assert (left.status_code, left.content) == (204, b"")
    await market.slot()
    assert await notified(market) == []


async def test_who_closes_their_account_waits_no_longer(market: Market) -> None:
    gone, next_in_line = market.someone("seeker"), market.someone("seeker")
    for one in (gone, next_in_line):
        await wait(market, one)
    await market.user_event(UserDeactivated, gone)
    slot = await market.slot()
    assert await notified(market) == [(next_in_line.id, slot["id"])]


async def test_entry_made_after_the_account_was_closed_gets_no_turn(market: Market) -> None:
    """An access token outlives its account by up to fifteen minutes."""
    gone, next_in_line = market.someone("seeker"), market.someone("seeker")
    await market.user_event(UserDeactivated, gone)
    for one in (gone, next_in_line):
        assert (await wait(market, one)).status_code == 201
    slot = await market.slot()
    assert await notified(market) == [(next_in_line.id, slot["id"])]


async def test_who_waits_for_a_closed_account_sees_no_entry(
    market: Market,
) -> None:
    await wait(market, market.seeker)
    await market.consultant_event(UserDeactivated)
    one = await market.harness.get(path(market), user=market.seeker)
    assert (one.status_code, one.json()["code"]) == (404, "not_found")
    mine = await market.harness.get("/consultants/me/waitlist", user=market.seeker)
    assert mine.json()["items"] == []


async def test_all_that_one_waits_for_is_listed_page_by_page(market: Market) -> None:
    names = ("Ada", "Barbara", "Cleo")
    for name in names:
        whom = market.harness.user("consultant", first_name=name, last_name="Known")
        await market.slot(by=whom)
        at = clock.now()
        body = {"from": at.isoformat(), "to": (at + (names.index(name) + 1) * DAY).isoformat()}
        where = f"/consultants/{whom.id}/waitlist"
        await market.harness.post(where, user=market.seeker, json=body)
    mine = "/consultants/me/waitlist"
    first = (await market.harness.get(mine, user=market.seeker, params={"limit": 2})).json()
    following = {"limit": 2, "cursor": first["next_cursor"]}
    rest = (await market.harness.get(mine, user=market.seeker, params=following)).json()
    assert rest["next_cursor"] is None
    shown = first["items"] + rest["items"]
    assert [one["consultant"]["first_name"] for one in shown] == list(names)
    where = f"/consultants/{shown[0]['consultant_id']}/waitlist"
    entry = (await market.harness.get(where, user=market.seeker)).json()
    assert {**entry, "consultant": shown[0]["consultant"]} == shown[0]
    other = await market.harness.get(mine, user=market.someone("seeker"))
    assert other.json() == {"items": [], "next_cursor": None}
    with clock.shifted(DAY):  # the time of the first has passed
        left = (await market.harness.get(mine, user=market.seeker)).json()["items"]
    assert [one["consultant"]["first_name"] for one in left] == list(names[1:])
    assert (await market.harness.get(mine, user=market.consultant)).status_code == 403
