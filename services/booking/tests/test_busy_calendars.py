"""Busy calendars: added, read regularly, failing, removed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.booking.domain.busy_calendars import MAX_CALENDARS, PATIENCE, READ_EVERY
from services.booking.domain.rules import Interval
from services.booking.tests.conftest import Market, instant
from services.booking.tests.feeds import ADDRESS, HOUR, PATH, Feeds
from shared import clock
from shared.events import (
    BusyCalendarConflicted,
    BusyCalendarFailed,
    BusyCalendarFailureEnded,
    UserDeactivated,
)


@pytest.mark.parametrize("scheme", ["webcal", "webcals", "WEBCALS", "https"])
async def test_added_calendar_is_shown_without_its_address(
    market: Market, feeds: Feeds, scheme: str
) -> None:
    added = await feeds.add(url=f"{scheme}://calendar.example.com/private-8f2c/basic.ics")
    assert added == {
        "id": added["id"],
        "name": "Private",
        "host": "calendar.example.com",
        "status": "ok",
        "last_read_at": None,
        "last_error": None,
        "busy_until": None,
    }
    assert await feeds.listed() == [added]
    assert market.harness.job("read-calendars")._wake.is_set()
    [row] = await market.harness.sql("select * from busy_calendars")
    assert b"private-8f2c" not in row["address_encrypted"]
    assert "private-8f2c" not in repr([value for value in row.values() if isinstance(value, str)])
    await feeds.sweep()
    assert feeds.read_addresses == [(ADDRESS, "UTC")]


async def test_calendar_is_read_every_quarter_of_an_hour_and_when_asked(
    market: Market, feeds: Feeds
) -> None:
    added = await feeds.add()
    await feeds.sweep()
    await feeds.sweep()
    assert len(feeds.read_addresses) == 1
    with clock.shifted(READ_EVERY):
        await feeds.sweep()
        await feeds.sweep()
    assert len(feeds.read_addresses) == 2
    path = f"{PATH}/{added['id']}/refresh"
    assert (await market.harness.post(path, user=market.consultant)).status_code == 202
    await feeds.sweep()
    assert len(feeds.read_addresses) == 3


async def test_refresh_has_a_rate_limit(market: Market, feeds: Feeds) -> None:
    path = f"{PATH}/{(await feeds.add())['id']}/refresh"
    answers = [await market.harness.post(path, user=market.consultant) for _ in range(21)]
    assert {answer.status_code for answer in answers[:20]} == {202}
    assert (answers[20].status_code, answers[20].json()["code"]) == (429, "rate_limited")


async def test_two_replicas_read_a_calendar_once(market: Market, feeds: Feeds) -> None:
    await feeds.add()
    await asyncio.gather(*(feeds.sweep() for _ in range(4)))
    assert len(feeds.read_addresses) == 1


async def test_failing_calendar_keeps_its_last_good_state_and_its_owner_is_notified_once(
    market: Market, feeds: Feeds
) -> None:
    slot = await market.slot()
    await feeds.add()
    feeds.busy(slot)
    await feeds.sweep()
    [good] = await feeds.listed()
    feeds.reason = "The server responded with status 404."
    failed = []
    for hours in range(1, 30):
        with clock.shifted(hours * HOUR):
            await feeds.sweep()
            failed = await market.harness.emitted(BusyCalendarFailed)
            assert bool(failed) == (hours >= 25), hours
    [shown] = await feeds.listed()
    assert shown == {**good, "status": "failing", "last_error": feeds.reason}
    assert not await market.is_free(slot["id"])
    [event] = failed
    assert (event.consultant_id, event.name) == (market.consultant.id, "Private")
    assert event.host == "calendar.example.com"
    assert abs(event.since - (clock.now() + HOUR)) < timedelta(minutes=1)
    feeds.reason, feeds.times = None, []
    with clock.shifted(30 * HOUR):
        await feeds.sweep()
        [shown] = await feeds.listed()
        assert (shown["status"], shown["last_error"]) == ("ok", None)
        assert await market.is_free(slot["id"])
    feeds.reason = "again"
    with clock.shifted(31 * HOUR):
        await feeds.sweep()
    with clock.shifted(31 * HOUR + PATIENCE):
        await feeds.sweep()
    assert len(await market.harness.emitted(BusyCalendarFailed)) == 2


async def fails(feeds: Feeds, *, hours: int) -> None:
    """The calendars cannot be read for that long."""
    feeds.reason = "The server responded with status 404."
    await feeds.sweep()
    with clock.shifted(hours * HOUR):
        await feeds.sweep()


@pytest.mark.parametrize(("hours", "is_reported"), [(1, False), (25, True)])
@pytest.mark.parametrize("how", ["read", "removed"])
async def test_end_of_a_failure_is_published_if_its_owner_was_notified(
    market: Market, feeds: Feeds, how: str, hours: int, is_reported: bool
) -> None:
    added = await feeds.add()
    await fails(feeds, hours=hours)
    assert await market.harness.emitted(BusyCalendarFailureEnded) == []
    feeds.reason = None
    with clock.shifted((hours + 1) * HOUR):
        if how == "read":
            await feeds.sweep()
        else:
            await market.harness.delete(f"{PATH}/{added['id']}", user=market.consultant)
    with clock.shifted((hours + 2) * HOUR):
        await feeds.sweep()
    ended = await market.harness.emitted(BusyCalendarFailureEnded)
    assert [(one.calendar_id, one.consultant_id) for one in ended] == (
        [(UUID(added["id"]), market.consultant.id)] if is_reported else []
    )


async def test_calendar_that_is_removed_while_it_is_read_stays_removed(
    market: Market, feeds: Feeds
) -> None:
    slot = await market.slot()
    added = await feeds.add()

    async def read(*_: object) -> list[Interval]:
        await market.harness.delete(f"{PATH}/{added['id']}", user=market.consultant)
        return [(instant(slot["start_time"]), instant(slot["end_time"]))]

    feeds.read = read  # type: ignore[method-assign, assignment]
    await feeds.sweep()
    assert await market.is_free(slot["id"])
    assert await feeds.listed() == []


async def test_calendar_of_somebody_else_is_not_found(market: Market, feeds: Feeds) -> None:
    path = f"{PATH}/{(await feeds.add())['id']}"
    stranger = market.someone("consultant")
    assert (await market.harness.delete(path, user=stranger)).status_code == 404
    assert (await market.harness.post(f"{path}/refresh", user=stranger)).status_code == 404
    assert (await market.harness.get(PATH, user=stranger)).json()["items"] == []
    assert (await market.harness.get(PATH, user=market.seeker)).status_code == 403
    assert len(await feeds.listed()) == 1


async def test_there_are_at_most_ten(market: Market, feeds: Feeds) -> None:
    for number in range(MAX_CALENDARS):
        await feeds.add(name=f"Calendar {number}")
    body = {"url": ADDRESS, "name": "One too many"}
    answer = await market.harness.post(PATH, user=market.consultant, json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_calendars")


async def test_calendars_are_listed_in_pages(market: Market, feeds: Feeds) -> None:
    for number in range(5):
        await feeds.add(name=f"Calendar {number}")
    seen, query = [], {"limit": "2"}
    for size in (2, 2, 1):
        answer = await market.harness.get(PATH, user=market.consultant, params=query)
        page = answer.json()
        assert len(page["items"]) == size
        seen += [calendar["name"] for calendar in page["items"]]
        query["cursor"] = page["next_cursor"]
    assert seen == [f"Calendar {number}" for number in range(5)]
    assert query["cursor"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "ftp://example.org/a.ics", "name": "A"}, "url"),
        ({"url": "nothing", "name": "A"}, "url"),
        ({"url": "https://127.0.0.1/a.ics", "name": "A"}, "url"),
        ({"url": "http://169.254.169.254/latest", "name": "A"}, "url"),
        ({"url": "https://[::ffff:10.0.0.1]/a.ics", "name": "A"}, "url"),
        ({"url": "https://localhost/a.ics", "name": "A"}, "url"),
        ({"url": "http://１２７.0.0.1/a.ics", "name": "A"}, "url"),
        ({"url": "https://🎉.org/a.ics", "name": "A"}, "url"),
        ({"url": "https://ka\u00adlender.org/a.ics", "name": "A"}, "url"),
        ({"url": "https://example.org/" + "a" * 3000, "name": "A"}, "url"),
        ({"url": ADDRESS, "name": ""}, "name"),
        ({"url": ADDRESS, "name": "a" * 101}, "name"),
        ({"url": ADDRESS}, "name"),
        ({"url": ADDRESS, "name": "A", "secret": 1}, "secret"),
    ],
)
async def test_bad_input_is_named(market: Market, body: dict[str, Any], field: str) -> None:
    answer = await market.harness.post(PATH, user=market.consultant, json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_address_in_another_script_is_read_in_ascii(market: Market, feeds: Feeds) -> None:
    added = await feeds.add(url="webcal://kalender.müller.de/büro.ics")
    assert added["host"] == "kalender.xn--mller-kva.de"
    await feeds.sweep()
    [(address, _)] = feeds.read_addresses
    assert address == "https://kalender.xn--mller-kva.de/b%C3%BCro.ics"


async def test_private_addresses_are_taken_where_the_operator_allows_them(
    open_market: Callable[..., Awaitable[Market]],
) -> None:
    market = await open_market(calendar_allow_private="1")
    added = await Feeds(market).add(url="http://127.0.0.1:8080/a.ics")
    assert added["host"] == "127.0.0.1"


async def test_idempotent_addition_is_made_once(market: Market, feeds: Feeds) -> None:
    body = {"url": ADDRESS, "name": "Private"}
    answers = [
        await market.harness.post(
            PATH, user=market.consultant, json=body, headers={"Idempotency-Key": "k"}
        )
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert len(await feeds.listed()) == 1


async def test_closed_account_is_not_read_for(market: Market, feeds: Feeds) -> None:
    await feeds.add()
    await market.consultant_event(UserDeactivated)
    await feeds.sweep()
    assert feeds.read_addresses == []


async def test_fault_while_one_is_read_is_shown_and_the_others_are_read(
    market: Market, feeds: Feeds, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [(await feeds.add(name=name))["name"] for name in ("First", "Second", "Third")]
    read, broken = feeds.read, iter((False, True, False))

    async def read_or_break(*arguments: Any) -> Any:
        if next(broken):
            raise IndexError("a fault")
        return await read(*arguments)

    monkeypatch.setattr(feeds, "read", read_or_break)
    await feeds.sweep()
    found = {one["name"]: one["status"] for one in await feeds.listed()}
    assert sorted(found) == sorted(names)
    assert sorted(found.values()) == ["failing", "ok", "ok"]
    assert len(feeds.read_addresses) == 2


async def test_unreadable_address_is_a_failure_like_others(market: Market, feeds: Feeds) -> None:
    await feeds.add()
    await market.harness.sql("update busy_calendars set address_encrypted = 'nonsense'")
    await feeds.sweep()
    [shown] = await feeds.listed()
    assert shown["status"] == "failing"
    assert "Add the calendar again" in shown["last_error"]
    assert await market.harness.emitted(BusyCalendarConflicted) == []
