"""Who may call what: every route as anonymous, with the wrong role, as a stranger, and as the one
it is for.
"""

import re
from typing import Any

import pytest

from services.booking.routes import HANDLERS
from services.booking.tests.conftest import Market
from shared.auth import User
from shared.ids import new_id

# (method, path, who it is for, a body that is good). {id} is a booking's, {slot} a slot's,
# {consultant} a consultant's, {calendar} a busy calendar's.
BOOKING_ROUTES: list[tuple[str, str, str, dict[str, Any] | None]] = [
    ("GET", "/bookings/{id}", "party", None),
    ("GET", "/bookings/{id}/timeline", "party", None),
    ("GET", "/bookings/{id}/calendar.ics", "party", None),
    ("GET", "/bookings/{id}/cancellation", "party", None),
    ("POST", "/bookings/{id}/accept", "consultant", None),
    ("POST", "/bookings/{id}/decline", "consultant", {"reason": "Away"}),
    ("POST", "/bookings/{id}/cancel", "party", {"reason": "Ill"}),
    ("POST", "/bookings/{id}/retry-payment", "seeker", None),
    ("POST", "/bookings/{id}/start", "party", None),
    ("POST", "/bookings/{id}/end", "party", None),
    ("POST", "/bookings/{id}/rating", "seeker", {"score": 5}),
    ("POST", "/bookings/{id}/rating/reply", "consultant", {"body": "Thank you."}),
    ("POST", "/bookings/{id}/reschedule", "party", {"slot_id": str(new_id())}),
    ("POST", "/bookings/{id}/reschedule/accept", "party", None),
    ("POST", "/bookings/{id}/reschedule/decline", "party", None),
    ("POST", "/bookings/{id}/reschedule/withdraw", "party", None),
    ("GET", "/bookings/{id}/messages", "party", None),
    ("POST", "/bookings/{id}/messages", "party", {"body": "Hello"}),
    ("POST", "/bookings/{id}/messages/read", "party", {"up_to": str(new_id())}),
    ("GET", "/bookings/{id}/call", "party", None),
    ("GET", "/bookings/{id}/presence", "party", None),
    ("POST", "/bookings/{id}/presence", "party", {"state": "here"}),
    ("POST", "/bookings/{id}/signals", "party", {"data": {}}),
]
OTHER_ROUTES: list[tuple[str, str, str, dict[str, Any] | None]] = [
    ("POST", "/consultants/me/availability", "consultant", {"slots": []}),
    ("GET", "/consultants/me/availability/explain", "consultant", None),
    ("GET", "/consultants/me/availability", "consultant", None),
    ("DELETE", "/consultants/me/availability/{slot}", "consultant", None),
    ("POST", "/bookings", "seeker", {"consultant_id": str(new_id()), "slot_id": str(new_id())}),
    ("GET", "/bookings/me", "party", None),
    ("PUT", "/consultants/me/availability/rules", "consultant", {"weekly": []}),
    ("GET", "/consultants/me/availability/rules", "consultant", None),
    ("DELETE", "/consultants/me/availability/rules", "consultant", None),
    ("POST", "/consultants/me/calendars", "consultant", {"url": "", "name": ""}),
    ("GET", "/consultants/me/calendars", "consultant", None),
    ("DELETE", "/consultants/me/calendars/{calendar}", "consultant", None),
    ("POST", "/consultants/me/calendars/{calendar}/refresh", "consultant", None),
    ("POST", "/calendar/feed", "party", None),
    ("DELETE", "/calendar/feed", "party", None),
    ("POST", "/consultants/{consultant}/waitlist", "seeker", {"from": "x", "to": "y"}),
    ("GET", "/consultants/{consultant}/waitlist", "seeker", None),
    ("DELETE", "/consultants/{consultant}/waitlist", "seeker", None),
    ("GET", "/consultants/me/waitlist", "seeker", None),
]
GUARDED = BOOKING_ROUTES + OTHER_ROUTES
PUBLIC = [
    ("GET", "/consultants/{consultant}/availability"),
    ("GET", "/calendar/{file}"),
]


async def call(market: Market, row: tuple[Any, ...], user: User | None, **ids: Any) -> Any:
    method, path, _, body = row
    names = ("id", "slot", "consultant", "calendar")
    filled = path.format(**{name: new_id() for name in names} | ids)
    return await market.harness.request(method, filled, user=user, json=body)


def name(row: tuple[Any, ...]) -> str:
    return f"{row[0]} {row[1]}"


def test_no_route_is_left_out() -> None:
    handlers = {(method, path) for h in HANDLERS for method in h.http_methods for path in h.paths}
    typed = {
        "{id}": "{booking_id:uuid}",
        "{slot}": "{slot_id:uuid}",
        "{file}": "{file_name:str}",
        "{consultant}": "{consultant_id:uuid}",
        "{calendar}": "{calendar_id:uuid}",
    }
    here = {
        (row[0], re.sub(r"\{\w+\}", lambda found: typed[found[0]], str(row[1])))
        for row in [*GUARDED, *PUBLIC]
    }
    assert {h for h in handlers if h[0] not in ("HEAD", "OPTIONS")} == here


@pytest.mark.parametrize("row", GUARDED, ids=name)
async def test_anonymous_is_401(market: Market, row: tuple[Any, ...]) -> None:
    answer = await call(market, row, None)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("row", [row for row in GUARDED if row[2] != "party"], ids=name)
async def test_wrong_role_is_403(market: Market, row: tuple[Any, ...]) -> None:
    wrong = market.seeker if row[2] == "consultant" else market.consultant
    booking = await market.requested()
    answer = await call(market, row, wrong, id=booking["id"], slot=booking["slot_id"])
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize("row", BOOKING_ROUTES, ids=name)
async def test_stranger_and_unknown_booking_are_404(market: Market, row: tuple[Any, ...]) -> None:
    booking = await market.requested()
    roles = ["seeker", "consultant"] if row[2] == "party" else [row[2]]
    for role in roles:
        answer = await call(market, row, market.someone(role), id=booking["id"])
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        own = market.seeker if role == "seeker" else market.consultant
        assert (await call(market, row, own, id=new_id())).status_code == 404
        assert (await call(market, row, own, id="not-an-id")).status_code == 404
    assert await market.status(booking) == "requested"


# Beside the booking they name something else, which must exist too.
NAMING_MORE = {"/bookings/{id}/messages/read", "/bookings/{id}/reschedule"}
BY_BOOKING_ALONE = [row for row in BOOKING_ROUTES if row[1] not in NAMING_MORE]


@pytest.mark.parametrize("row", BY_BOOKING_ALONE, ids=name)
async def test_owner_gets_further_than_access(market: Market, row: tuple[Any, ...]) -> None:
    booking = await market.requested()
    owner = market.consultant if row[2] == "consultant" else market.seeker
    answer = await call(market, row, owner, id=booking["id"])
    assert answer.is_success or answer.json()["code"] in ("invalid_transition", "no_proposal")


async def test_a_stranger_cannot_withdraw_a_slot(market: Market) -> None:
    slot = await market.slot()
    path = f"/consultants/me/availability/{slot['id']}"
    assert (await market.harness.delete(path, user=market.someone("consultant"))).status_code == 404
    assert (await market.harness.delete(path, user=market.consultant)).status_code == 204


async def test_free_slots_are_for_anybody(market: Market) -> None:
    answer = await market.harness.get(f"/consultants/{market.consultant.id}/availability")
    assert (answer.status_code, answer.json()) == (200, {"items": [], "next_cursor": None})
    assert (await market.harness.get(f"/consultants/{new_id()}/availability")).json()["items"] == []


async def test_own_slot_is_403(market: Market) -> None:
    both = market.harness.user("seeker", id=market.consultant.id)
    answer = await market.request(await market.slot(), by=both)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
