"""Every operation of the API × anonymous, wrong role, stranger, owner."""

import json

import pytest

from gateway.routes import ROUTES
from shared.ids import new_id
from shared.testing import token_for
from tests.people import confirmed

# Operations on one thing: a path parameter names it, and somebody else's is as good as none.
OF_ONE_BOOKING = [r for r in ROUTES if "{booking_id}" in r.path]

# What an operation needs to be understood at all.
BODIES = {"rating": b'{"score": 5}', "refund": b'{"reason": "A misunderstanding"}'}


def concrete(route, **ids):
    path = route.path
    for name in ("booking_id", "consultant_id", "slot_id"):
        path = path.replace(f"{{{name}}}", str(ids.get(name) or new_id()))
    return path


def name_of(route):
    return f"{route.method} {route.path}"


@pytest.mark.parametrize("route", [r for r in ROUTES if r.who != "anyone"], ids=name_of)
async def test_nobody_gets_in_without_a_good_token(world, route):
    from shared.auth import User

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
    "route", [r for r in ROUTES if r.who in ("seeker", "consultant")], ids=name_of
)
async def test_the_wrong_role_is_forbidden(people, route):
    seeker, consultant, _ = people
    person = consultant if route.who == "seeker" else seeker
    answer = await person.call(route.method, concrete(route))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize("route", OF_ONE_BOOKING, ids=name_of)
async def test_a_strangers_booking_does_not_exist(world, people, strangers, route):
    _, _, booking = people
    for stranger in strangers:
        if route.who not in ("signed_in", stranger.user["role"]):
            continue
        body = BODIES.get(route.path.rpartition("/")[2])
        headers = {"content-type": "application/json"} if body else {}
        answer = await stranger.call(
            route.method, concrete(route, booking_id=booking["id"]), content=body, headers=headers
        )
        assert answer.status_code == 404, answer.text


@pytest.mark.parametrize("route", [r for r in ROUTES if r.method == "GET"], ids=name_of)
async def test_the_owner_reads_what_is_theirs(people, route):
    seeker, consultant, booking = people
    person = consultant if route.who == "consultant" else seeker
    path = concrete(route, booking_id=booking["id"], consultant_id=consultant.id)
    answer = await person.call("GET", path)
    if route.path.endswith("/authentication"):
        assert answer.status_code in (404, 409)  # nothing waits for the cardholder
    else:
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("application/json")


@pytest.fixture(scope="module")
async def people(world):
    """A seeker and a consultant with a confirmed booking."""
    consultant, seeker = await world.consultant(), await world.seeker()
    return seeker, consultant, await confirmed(seeker, consultant)


@pytest.fixture(scope="module")
async def strangers(world):
    """A seeker and a consultant who have nothing to do with it."""
    return [await world.seeker(card=None), await world.consultant(onboarded=False)]


async def test_the_table_is_the_documented_api(world):
    document = json.loads((await world.http.get("/openapi.json")).content)
    documented = {
        (method.upper(), path)
        for path, item in document["paths"].items()
        for method in item
        if method in ("get", "put", "post", "delete", "patch")
    }
    assert {(r.method, r.path) for r in ROUTES} <= documented
