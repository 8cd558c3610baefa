"""Every operation of the API × anonymous, wrong role, other user, owner."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from gateway.openapi import DOCUMENT
from gateway.routes import ROUTES
from shared.auth import User
from shared.ids import new_id
from shared.testing import token_for
from tests.people import World, confirmed

PATHS = json.loads(DOCUMENT.read_text())["paths"]
BUILT = [r for r in ROUTES if r.method.lower() in PATHS.get(r.path, {})]
# Operations on one resource: a path parameter identifies it, and that of another user is a 404.
OF_ONE_BOOKING = [r for r in BUILT if "{booking_id}" in r.path]

ID = b"01930000-0000-7000-8000-000000000000"
# The minimum valid input of an operation.
BODIES = {
    "rating": b'{"score": 5}',
    "refund": b'{"reason": "A misunderstanding"}',
    "reply": b'{"body": "Thank you"}',
    "reschedule": b'{"slot_id": "%s"}' % ID,
    "messages": b'{"body": "Hello"}',
    "read": b'{"up_to": "%s"}' % ID,
    "presence": b'{"state": "here"}',
    "signals": b'{"data": {}}',
}
# The owner's expected response where a resource does not exist yet, or the time has not come.
NOTHING_YET = {
    "/payments/{booking_id}/authentication": (404, 409),
    "/payments/{booking_id}/receipt": (200, 404, 409),
    "/payments/{booking_id}/receipt.pdf": (200, 404, 409),
    "/bookings/{booking_id}/call": (200, 409),
    "/consultants/me/availability/rules": (404,),
    "/consultants/me/availability/explain": (400,),
    "/consultants/{consultant_id}/waitlist": (404,),
    "/calendar/{token}.ics": (404,),
    "/photos/{file}": (404,),
    "/unsubscribe": (200, 400),
    "/payments/statement.csv": (200, 400),
}


def concrete(route: Any, **ids: Any) -> Any:
    path = route.path
    for name in re.findall(r"\{(\w+)\}", path):
        path = path.replace(f"{{{name}}}", str(ids.get(name) or new_id()))
    return path


def name_of(route: Any) -> Any:
    return f"{route.method} {route.path}"


@pytest.mark.parametrize("route", [r for r in BUILT if r.who != "anyone"], ids=name_of)
async def test_nobody_gets_in_without_a_good_token(world: World, route: Any) -> None:
    forged = token_for(User(new_id(), "seeker"))
    for headers in (
        {},
        {"authorization": "Bearer nonsense"},
        {"authorization": f"Bearer {forged}"},
        {"authorization": "Basic x"},
    ):
        answer = await world.http.request(route.method, concrete(route), headers=headers)
        assert answer.status_code == 401, answer.text
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "unauthenticated"
        assert answer.json()["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    "route", [r for r in BUILT if r.who in ("seeker", "consultant")], ids=name_of
)
async def test_the_wrong_role_is_forbidden(people: Any, route: Any) -> None:
    seeker, consultant, _ = people
    person = consultant if route.who == "seeker" else seeker
    answer = await person.call(route.method, concrete(route))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize("route", OF_ONE_BOOKING, ids=name_of)
async def test_a_strangers_booking_does_not_exist(
    world: World, people: Any, strangers: Any, route: Any
) -> None:
    _, _, booking = people
    for stranger in strangers:
        if route.who not in ("signed_in", stranger.user["role"]):
            continue
        body = BODIES.get(route.path.rpartition("/")[2]) if route.body == "json" else None
        headers = {"content-type": "application/json"} if body else {}
        answer = await stranger.call(
            route.method, concrete(route, booking_id=booking["id"]), content=body, headers=headers
        )
        assert answer.status_code == 404, answer.text


READABLE = [r for r in BUILT if r.method == "GET" and not r.stream]


@pytest.mark.parametrize("route", READABLE, ids=name_of)
async def test_the_owner_reads_what_is_theirs(people: Any, route: Any) -> None:
    seeker, consultant, booking = people
    person = consultant if route.who == "consultant" else seeker
    path = concrete(route, booking_id=booking["id"], consultant_id=consultant.id)
    answer = await person.call("GET", path)
    assert answer.status_code in NOTHING_YET.get(route.path, (200,)), answer.text
    if answer.status_code == 200:
        described = PATHS[route.path]["get"]["responses"]["200"]["content"]
        assert answer.headers["content-type"].partition(";")[0] in {
            kind.partition(";")[0] for kind in described
        }


@pytest.fixture(scope="module")
async def people(world: World) -> Any:
    """A seeker and a consultant with a confirmed booking."""
    consultant, seeker = await world.consultant(), await world.seeker()
    return seeker, consultant, await confirmed(seeker, consultant)


@pytest.fixture(scope="module")
async def strangers(world: World) -> Any:
    """A seeker and a consultant who are not involved."""
    return [await world.seeker(card=None), await world.consultant(onboarded=False)]


async def test_the_documented_api_is_the_table(world: World) -> None:
    served = json.loads((await world.http.get("/openapi.json")).content)["paths"]
    documented = {(m.upper(), path) for path, item in served.items() for m in item}
    of_the_gateway = {("GET", "/config")}
    assert documented - of_the_gateway == {(r.method, r.path) for r in BUILT}
