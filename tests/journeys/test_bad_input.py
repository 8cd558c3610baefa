"""Whatever a client sends, the response is a named problem: never a 500, and never a timeout."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.people import World
from tests.stack import Stack

PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
async def seeker(world: World) -> Any:
    return await world.seeker(card=None)


@pytest.fixture(scope="module")
async def consultant(world: World) -> Any:
    return await world.consultant(onboarded=False)


ID = b"01930000-0000-7000-8000-000000000000"


def with_message(message: Any) -> Any:
    return b'{"consultant_id":"%s","slot_id":"%s","message":"%s"}' % (ID, ID, message)


BODIES = {
    "no JSON": b"nonsense",
    "half a JSON": b'{"consultant_id": ',
    "no object": b"[]",
    "null": b"null",
    "empty": b"",
    "not UTF-8": b'{"message": "\xff\xfe"}',
    "deep": b"[" * 50_000,
    "unknown field": (
        b'{"consultant_id":"01930000-0000-7000-8000-000000000000",'
        b'"slot_id":"01930000-0000-7000-8000-000000000000","x":1}'
    ),
    "ids that are no UUID": b'{"consultant_id":"1","slot_id":"2"}',
    "wrong types": b'{"consultant_id":1,"slot_id":[],"message":{}}',
    "NUL": with_message(b"a\\u0000b"),
    "lone surrogate": with_message(b"\\ud800"),
    "huge number": b'{"consultant_id":1e400,"slot_id":123456789012345678901234567890}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_a_bad_body_is_named(seeker: Any, body: Any) -> None:
    answer = await seeker.call(
        "POST", "/bookings", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == PROBLEM
    problem = answer.json()
    assert problem["code"] == "validation_failed"
    assert problem["errors"]


async def test_all_bad_fields_are_named_at_once(world: World) -> None:
    body = {"email": "nobody", "password": "short", "first_name": "", "role": "king", "age": 7}
    answer = await world.http.post("/users/register", json=body)
    assert answer.status_code == 400
    named = {error["field"] for error in answer.json()["errors"]}
    assert named == {"email", "password", "first_name", "last_name", "role", "age"}


async def test_a_body_over_one_mebibyte_is_too_large(seeker: Any) -> None:
    answer = await seeker.call("POST", "/bookings", json={"message": "x" * (1 << 20)})
    assert (answer.status_code, answer.headers["content-type"]) == (413, PROBLEM)


async def test_other_media_types_are_refused(seeker: Any) -> None:
    for kind in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
        "application/json; charset=latin-1",
    ):
        answer = await seeker.call(
            "POST", "/bookings", content=b"{}", headers={"content-type": kind}
        )
        assert (answer.status_code, answer.headers["content-type"]) == (415, PROBLEM), kind


async def test_unknown_paths_and_wrong_methods(world: World) -> None:
    answer = await world.http.get("/no/such/path")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    answer = await world.http.request("PATCH", "/bookings")
    assert answer.status_code == 405
    assert "POST" in answer.headers["allow"]
    assert (await world.http.get("/metrics")).status_code == 404


@pytest.mark.parametrize(
    "times",
    [
        ("0000-01-01T00:00:00Z", "0000-01-01T01:00:00Z"),
        ("9999-12-31T23:00:00Z", "9999-12-31T23:59:59-12:00"),
        ("2020-01-01T00:00:00Z", "2020-01-01T01:00:00Z"),
        ("2099-01-01T00:00:00Z", "2099-01-01T00:01:00Z"),
        ("2099-01-01T00:00:00Z", "2099-01-01T09:00:01Z"),
        ("2099-01-01T01:00:00Z", "2099-01-01T00:00:00Z"),
        ("2099-01-01T00:00:00", "2099-01-01T01:00:00"),
        ("tomorrow", "later"),
        (1, 2),
        (None, None),
    ],
)
async def test_absurd_slots_are_refused_by_name(consultant: Any, times: Any) -> None:
    slot = {"start_time": times[0], "end_time": times[1]}
    answer = await consultant.call("POST", "/consultants/me/availability", json={"slots": [slot]})
    assert answer.status_code == 400, answer.text
    assert all(error["field"].startswith("slots[0]") for error in answer.json()["errors"])


async def test_slots_that_overlap_each_other_or_an_older_one(consultant: Any) -> None:
    day = (datetime.now(UTC) + timedelta(days=300)).date()

    def slots(*hours: Any) -> Any:
        return {
            "slots": [
                {"start_time": f"{day}T{a}:00Z", "end_time": f"{day}T{b}:00Z"} for a, b in hours
            ]
        }

    path = "/consultants/me/availability"
    answer = await consultant.call("POST", path, json=slots(("10:00", "11:00"), ("10:30", "11:30")))
    assert answer.status_code == 400
    assert (await consultant.call("POST", path, json=slots(("10:00", "11:00")))).status_code == 201
    answer = await consultant.call("POST", path, json=slots(("12:00", "13:00"), ("10:30", "11:30")))
    assert (answer.status_code, answer.json()["code"]) == (409, "slot_overlaps")
    listed = await consultant.get(path, params={"from": f"{day}T00:00:00Z"})
    assert len(listed["items"]) == 1


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=x",
        "cursor=forged",
        "cursor=%00",
        "search=%00",
        "sort=up",
        "min_rating=99",
        "min_rating=nan",
        "max_hourly_rate=-1",
        "max_hourly_rate=1e99",
        "available_from=yesterday",
        "available_from=9999-12-31T23:59:59-12:00",
    ],
)
async def test_bad_query_parameters_are_named(world: World, query: Any) -> None:
    answer = await world.http.get(f"/consultants?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"][0]["field"] == query.partition("=")[0]


async def test_all_bad_query_parameters_are_named_at_once(world: World) -> None:
    query = (
        "limit=1e2&cursor=forged&sort=up&min_rating=9&max_hourly_rate=-1"
        "&available_from=1765357200&available_to=2026-12-01T09:00:00%2B0530"
    )
    answer = await world.http.get(f"/consultants?{query}")
    assert answer.status_code == 400
    named = {error["field"] for error in answer.json()["errors"]}
    assert named == {pair.partition("=")[0] for pair in query.split("&")}


async def test_text_that_misleads_is_refused(world: World) -> None:
    person = {
        "email": "ada\u202e@example.org",
        "password": "long enough for this",
        "role": "seeker",
    }
    names = {"first_name": "\u200b", "last_name": "By\u202eron"}
    answer = await world.http.post("/users/register", json={**person, **names})
    assert answer.status_code == 400
    named = {error["field"] for error in answer.json()["errors"]}
    assert named == {"email", "first_name", "last_name"}


async def test_a_command_that_takes_nothing_refuses_something(seeker: Any) -> None:
    path = "/bookings/01930000-0000-7000-8000-000000000000/start"
    assert (await seeker.call("POST", path, json={})).status_code == 404
    answer = await seeker.call("POST", path, json={"at": "now"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "body")


async def test_wrong_framing_is_a_problem_and_the_end(stack: Stack) -> None:
    host = stack.url.removeprefix("http://")
    address, _, port = host.partition(":")
    for lines in (
        "GET /config HTTP/1.1\r\n\r\n",
        f"GET /config HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n\r\n",
        f"GET /config HTTP/1.1\nHost: {host}\n\n",
        f"POST /users/login HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n",
    ):
        reader, writer = await asyncio.open_connection(address, int(port))
        writer.write(lines.encode())
        answer = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        assert answer.startswith(b"HTTP/1.1 400 "), lines
        assert PROBLEM.encode() in answer


@pytest.mark.parametrize(
    "search",
    [
        "'",
        '"',
        "\\",
        "%",
        "_",
        ":*",
        "a & b | !c",
        "<->",
        "日本",
        "😀",
        "ا",
        "x" * 200,
        " ",
        "(",
        "é" * 50,
    ],
)
async def test_any_search_is_a_search(world: World, search: Any) -> None:
    answer = await world.http.get("/consultants", params={"search": search})
    assert answer.status_code == 200, answer.text


async def test_a_path_id_that_is_no_id_is_not_found(seeker: Any) -> None:
    for id in (
        "1",
        "x" * 500,
        "%F0%9F%98%80",
        "01930000-0000-7000-8000-00000000000g",
        "00000000-0000-0000-0000-000000000000",
    ):
        answer = await seeker.call("GET", f"/bookings/{id}")
        assert answer.status_code in (400, 404), answer.text
        assert answer.headers["content-type"] == PROBLEM


async def test_a_header_over_long_does_not_hang(world: World, seeker: Any) -> None:
    answer = await seeker.call("GET", "/users/me", headers={"x-request-id": "x" * 4000})
    assert answer.status_code == 200
    assert answer.headers["x-request-id"] != "x" * 4000


async def test_the_clients_request_id_comes_back(seeker: Any) -> None:
    answer = await seeker.call("GET", "/users/me", headers={"x-request-id": "my-own-1"})
    assert answer.headers["x-request-id"] == "my-own-1"


async def test_the_same_key_gives_the_first_answer_even_at_once(
    seeker: Any, consultant: Any
) -> None:
    slot = (await consultant.offer(minutes=15))[0]
    body = json.dumps({"consultant_id": consultant.id, "slot_id": slot["id"]}).encode()
    headers = {"content-type": "application/json", "idempotency-key": "once"}
    answers = await asyncio.gather(
        *(seeker.call("POST", "/bookings", content=body, headers=headers) for _ in range(8))
    )
    assert {a.status_code for a in answers} == {201}
    assert len({a.json()["id"] for a in answers}) == 1
    other = body.replace(b"}", b', "message": "other"}')
    answer = await seeker.call("POST", "/bookings", content=other, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    await seeker.cancel(answers[0].json()["id"])
