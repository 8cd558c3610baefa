"""Busy calendars: they hide slots, give them back, and warn of what they meet."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.booking.busy_calendars.errors import UnreadableCalendar
from services.booking.domain.busy_calendars import MOST_CALENDARS, PATIENCE, READ_EVERY
from services.booking.domain.rules import Interval
from services.booking.jobs.busy_calendars import read_calendars
from services.booking.jobs.free_time import publish_free_time
from services.booking.jobs.waitlist import tell_waitlist
from services.booking.tests.conftest import Market, instant
from shared import clock
from shared.events import (
    AvailabilityChanged,
    BusyCalendarConflicted,
    BusyCalendarFailed,
    UserDeactivated,
    UserUpdated,
    WaitlistTimeFreed,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PATH = "/consultants/me/calendars"
ADDRESS = "https://calendar.example.com/private-8f2c/basic.ics"


class Feeds:
    """In place of what reads calendars: `times`, or the failure that `reason` names."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.times: list[Interval] = []
        self.reason: str | None = None
        self.read_addresses: list[tuple[str, str]] = []
        self.woken = 0

    async def read(
        self, address: str, time_zone: str, since: datetime, until: datetime
    ) -> list[Interval]:
        self.read_addresses.append((address, time_zone))
        if self.reason is not None:
            raise UnreadableCalendar(self.reason)
        return [(start, end) for start, end in self.times if since < end and start < until]

    def _wake(self) -> None:
        self.woken += 1

    async def sweep(self) -> None:
        """Runs the job until nothing is due."""
        cipher = self.market.harness.app.state.cipher
        reader: Any = self
        while await read_calendars(self.market.harness.database, reader, cipher, self._wake):
            pass

    async def add(self, **body: str) -> dict[str, Any]:
        answer = await self.market.harness.post(
            PATH, user=self.market.consultant, json={"url": ADDRESS, "name": "Private", **body}
        )
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def listed(self) -> list[dict[str, Any]]:
        answer = await self.market.harness.get(PATH, user=self.market.consultant)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def busy(self, slot: dict[str, Any]) -> None:
        """From now on the calendar has an event during the slot."""
        start = instant(slot["start_time"])
        self.times = sorted([*self.times, (start + HOUR / 4, start + HOUR / 2)])


@pytest.fixture
def feeds(market: Market) -> Feeds:
    return Feeds(market)


async def test_added_calendar_is_shown_without_its_address(market: Market, feeds: Feeds) -> None:
    added = await feeds.add(url="webcal://calendar.example.com/private-8f2c/basic.ics")
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
    assert market.harness.app.state.read_calendars._wake.is_set()
    [row] = await market.harness.sql("select * from busy_calendars")
    assert b"private-8f2c" not in row["address_encrypted"]
    assert "private-8f2c" not in repr([value for value in row.values() if isinstance(value, str)])
    await feeds.sweep()
    assert feeds.read_addresses == [(ADDRESS, "UTC")]


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
    with clock.moved(READ_EVERY):
        await feeds.sweep()
        assert await market.is_free(hidden["id"])
        assert (await market.request(hidden)).status_code == 201


async def test_calendar_is_read_every_quarter_of_an_hour_and_when_asked(
    market: Market, feeds: Feeds
) -> None:
    added = await feeds.add()
    await feeds.sweep()
    await feeds.sweep()
    assert len(feeds.read_addresses) == 1
    with clock.moved(READ_EVERY):
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


async def test_failing_calendar_keeps_its_last_good_state_and_its_owner_is_told_once(
    market: Market, feeds: Feeds
) -> None:
    slot = await market.slot()
    await feeds.add()
    feeds.busy(slot)
    await feeds.sweep()
    [good] = await feeds.listed()
    feeds.reason = "The server answers with status 404."
    failed = []
    for hours in range(1, 30):
        with clock.moved(hours * HOUR):
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
    with clock.moved(30 * HOUR):
        await feeds.sweep()
        [shown] = await feeds.listed()
        assert (shown["status"], shown["last_error"]) == ("ok", None)
        assert await market.is_free(slot["id"])
    feeds.reason = "again"
    with clock.moved(31 * HOUR):
        await feeds.sweep()
    with clock.moved(31 * HOUR + PATIENCE):
        await feeds.sweep()
    assert len(await market.harness.emitted(BusyCalendarFailed)) == 2


async def test_event_during_a_booking_warns_once_and_cancels_nothing(
    market: Market, feeds: Feeds
) -> None:
    booking = await market.confirmed()
    await feeds.add()
    feeds.times = [(instant(booking["scheduled_start"]), instant(booking["scheduled_end"]))]
    await feeds.sweep()
    with clock.moved(READ_EVERY):
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


async def test_one_of_two_calendars_still_hides_a_slot(market: Market, feeds: Feeds) -> None:
    slot = await market.slot()
    first, _ = await feeds.add(name="One"), await feeds.add(name="Two")
    feeds.busy(slot)
    await feeds.sweep()
    await market.harness.delete(f"{PATH}/{first['id']}", user=market.consultant)
    assert not await market.is_free(slot["id"])


async def test_calendar_of_somebody_else_is_not_found(market: Market, feeds: Feeds) -> None:
    path = f"{PATH}/{(await feeds.add())['id']}"
    stranger = market.someone("consultant")
    assert (await market.harness.delete(path, user=stranger)).status_code == 404
    assert (await market.harness.post(f"{path}/refresh", user=stranger)).status_code == 404
    assert (await market.harness.get(PATH, user=stranger)).json()["items"] == []
    assert (await market.harness.get(PATH, user=market.seeker)).status_code == 403
    assert len(await feeds.listed()) == 1


async def test_there_are_at_most_ten(market: Market, feeds: Feeds) -> None:
    for number in range(MOST_CALENDARS):
        await feeds.add(name=f"Calendar {number}")
    body = {"url": ADDRESS, "name": "One too many"}
    answer = await market.harness.post(PATH, user=market.consultant, json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_calendars")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "ftp://example.org/a.ics", "name": "A"}, "url"),
        ({"url": "nothing", "name": "A"}, "url"),
        ({"url": "https://127.0.0.1/a.ics", "name": "A"}, "url"),
        ({"url": "http://169.254.169.254/latest", "name": "A"}, "url"),
        ({"url": "https://[::ffff:10.0.0.1]/a.ics", "name": "A"}, "url"),
        ({"url": "https://localhost/a.ics", "name": "A"}, "url"),
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


async def test_whole_days_are_those_of_the_rules_or_of_the_consultant(
    market: Market, feeds: Feeds
) -> None:
    await feeds.add()
    person: dict[str, Any] = {
        "role": "consultant",
        "first_name": "G",
        "last_name": "H",
        "email": "g@example.org",
    }
    news = UserUpdated(user_id=market.consultant.id, time_zone="Asia/Tokyo", **person)
    await market.harness.deliver(news)
    await feeds.sweep()
    rules = {"time_zone": "Europe/Berlin", "weekly": [], "slot_minutes": 60}
    await market.harness.put(
        "/consultants/me/availability/rules", user=market.consultant, json=rules
    )
    with clock.moved(READ_EVERY):
        await feeds.sweep()
    assert [zone for _, zone in feeds.read_addresses] == ["Asia/Tokyo", "Europe/Berlin"]


async def test_closed_account_is_not_read_for(market: Market, feeds: Feeds) -> None:
    await feeds.add()
    person: dict[str, Any] = {
        "role": "consultant",
        "first_name": "G",
        "last_name": "H",
        "email": "g@example.org",
    }
    await market.harness.deliver(UserDeactivated(user_id=market.consultant.id, **person))
    await feeds.sweep()
    assert feeds.read_addresses == []


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
    with clock.moved(timedelta(minutes=1)):
        await tell_waitlist(market.harness.database)
        [before] = await free_time_of(market)
    assert before.free == []
    feeds.times = []
    with clock.moved(READ_EVERY):
        await feeds.sweep()
        await tell_waitlist(market.harness.database)
        after = (await free_time_of(market))[-1]
    assert [one.start_time for one in after.free] == [instant(slot["start_time"])]
    [told] = await market.harness.emitted(WaitlistTimeFreed)
    assert str(told.slot_id) == slot["id"]
    assert feeds.woken >= 2


async def free_time_of(market: Market) -> list[AvailabilityChanged]:
    await publish_free_time(market.harness.database)
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
    with clock.moved(READ_EVERY):
        await feeds.sweep()
    [after] = await market.harness.sql("select count(*) as n, max(xmin::text) x from busy_times")
    assert (after["n"], after["x"]) == (9_999, count["x"])


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


async def test_unreadable_address_is_a_failure_like_others(market: Market, feeds: Feeds) -> None:
    await feeds.add()
    await market.harness.sql("update busy_calendars set address_encrypted = 'nonsense'")
    await feeds.sweep()
    [shown] = await feeds.listed()
    assert shown["status"] == "failing"
    assert "Add the calendar again" in shown["last_error"]
    assert await market.harness.emitted(BusyCalendarConflicted) == []
