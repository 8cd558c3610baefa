"""An access token outlives its account by up to 15 minutes: nothing is changed with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.booking.tests.conftest import Market
from services.booking.tests.test_access import BOOKING_ROUTES, call, name
from shared.auth import User
from shared.clock import now
from shared.events import UserDeactivated
from shared.ids import new_id

# Heartbeats and signals reach only a session that runs already, and neither changes the booking.
WITHOUT_EFFECT = {"/bookings/{id}/presence", "/bookings/{id}/signals"}
ACTIONS = [row for row in BOOKING_ROUTES if row[0] == "POST" and row[1] not in WITHOUT_EFFECT]
HOUR = timedelta(hours=1)
RULES = {
    "time_zone": "Europe/Berlin",
    "weekly": [{"weekday": 1, "start": "09:00", "end": "12:00"}],
    "slot_minutes": 60,
    "buffer_minutes": 0,
    "minimum_notice_minutes": 0,
    "horizon_days": 14,
    "daily_limit": None,
    "exceptions": [],
}
RULES_PATH = "/consultants/me/availability/rules"
CALENDAR = {"url": "https://calendars.example/secret.ics", "name": "Private"}


def is_closed(answer: Any) -> bool:
    body = answer.json()
    refusal = (answer.status_code, body["code"], body["detail"])
    return refusal == (403, "forbidden", "This account is closed.")


async def close(market: Market, user: User) -> None:
    await market.user_event(UserDeactivated, user)


@pytest.mark.parametrize("row", ACTIONS, ids=name)
async def test_no_booking_is_changed_with_the_token_of_a_closed_account(
    market: Market, row: tuple[Any, ...]
) -> None:
    booking = await market.requested()
    events = await market.events_of(booking)
    for user in (market.seeker, market.consultant):
        await close(market, user)
        if row[2] in ("party", user.role):
            assert is_closed(await call(market, row, user, id=booking["id"]))
    assert await market.status(booking) == "requested"
    assert await market.events_of(booking) == events


async def test_other_party_of_a_closed_account_acts_as_before(market: Market) -> None:
    booking = await market.requested()
    await close(market, market.seeker)
    assert (await market.do("decline", booking, market.consultant)).status_code == 200


async def test_stranger_learns_nothing_from_a_closed_account(market: Market) -> None:
    booking = await market.requested()
    stranger = market.someone("seeker")
    await close(market, stranger)
    assert (await market.do("cancel", booking, stranger)).status_code == 404


async def test_no_slot_is_requested_for_a_closed_account(market: Market) -> None:
    slot = await market.slot()
    await close(market, market.seeker)
    assert is_closed(await market.request(slot))
    assert await market.is_free(slot["id"])


async def test_slots_rules_and_calendars_of_a_closed_account_stay_as_they_are(
    market: Market,
) -> None:
    slot, user, http = await market.slot(), market.consultant, market.harness
    assert (await http.put(RULES_PATH, user=user, json=RULES)).status_code == 200
    added = await http.post("/consultants/me/calendars", user=user, json=CALENDAR)
    assert added.status_code == 201
    before = await stored(market)
    await close(market, user)
    start = now() + timedelta(days=5)
    times = {"start_time": start.isoformat(), "end_time": (start + HOUR).isoformat()}
    own = "/consultants/me"
    calls = [
        http.post(f"{own}/availability", user=user, json={"slots": [times]}),
        http.delete(f"{own}/availability/{slot['id']}", user=user),
        http.put(RULES_PATH, user=user, json={**RULES, "slot_minutes": 30}),
        http.delete(RULES_PATH, user=user),
        http.post(f"{own}/calendars", user=user, json=CALENDAR),
        http.delete(f"{own}/calendars/{added.json()['id']}", user=user),
    ]
    for one in calls:
        assert is_closed(await one)
    assert await stored(market) == before
    # They still see their slots; nobody else does.
    listed = await http.get(f"{own}/availability", user=user, params={"limit": 100})
    assert slot["id"] in [one["id"] for one in listed.json()["items"]]
    assert (await http.get(f"/consultants/{user.id}/availability")).json()["items"] == []


async def stored(market: Market) -> list[Any]:
    """The consultant's slots, rules and calendars."""
    statements = (
        "select id, is_booked from availability_slots order by id",
        "select rules::text from availability_rules",
        "select id from busy_calendars",
    )
    return [[tuple(row) for row in await market.harness.sql(one)] for one in statements]


async def test_slots_that_a_consultant_offers_before_any_event_about_them_are_theirs(
    market: Market,
) -> None:
    """Until identity's event arrives they are known from their token."""
    new = market.harness.user("consultant", id=new_id(), first_name="Nora", last_name="New")
    slot = await market.slot(by=new)
    statement = "select first_name, is_active from users where id = $1"
    (row,) = await market.harness.sql(statement, new.id)
    assert (slot["consultant_id"], tuple(row)) == (str(new.id), ("Nora", True))
