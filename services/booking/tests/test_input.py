"""Malformed request bodies: each results in a specific problem, never in a 500."""

from typing import Any

import pytest

from services.booking.tests.conftest import Market
from shared.ids import new_id

GOOD = {"consultant_id": str(new_id()), "slot_id": str(new_id())}


def names(answer: Any) -> set[str]:
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed"), answer.text
    return {error["field"] for error in answer.json()["errors"]}


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"consultant_id", "slot_id"}),
        ({**GOOD, "slot_id": "7"}, {"slot_id"}),
        ({**GOOD, "slot_id": 7}, {"slot_id"}),
        ({**GOOD, "consultant_id": None}, {"consultant_id"}),
        (
            {"consultant_id": "x", "slot_id": [], "message": 1},
            {"consultant_id", "slot_id", "message"},
        ),
        ({**GOOD, "message": "x" * 2001}, {"message"}),
        ({**GOOD, "message": "a\0b"}, {"message"}),
        ({**GOOD, "price": 1}, {"price"}),
    ],
)
async def test_bad_fields_of_a_request_are_all_named(
    market: Market, body: dict[str, Any], fields: set[str]
) -> None:
    assert names(await market.harness.post("/bookings", user=market.seeker, json=body)) == fields


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"1e999",
        b"\xff\xfe",
        b'{"consultant_id": "\xed\xa0\x80"}',
        b"[" * 20_000,
        b'{"slots": 99999999999999999999999999}',
    ],
)
@pytest.mark.parametrize("path", ["/bookings", "/consultants/me/availability"])
async def test_what_is_no_json_object_is_400(market: Market, path: str, content: bytes) -> None:
    user = market.seeker if path == "/bookings" else market.consultant
    headers = {"content-type": "application/json"}
    assert names(await market.harness.post(path, user=user, content=content, headers=headers))


async def test_lone_surrogate_is_400(market: Market) -> None:
    slot = await market.slot()
    ids = f'"consultant_id": "{slot["consultant_id"]}", "slot_id": "{slot["id"]}"'
    body = f'{{{ids}, "message": "\\ud800"}}'
    answer = await market.harness.post(
        "/bookings", user=market.seeker, content=body, headers={"content-type": "application/json"}
    )
    assert names(answer)


async def test_other_media_type_is_415(market: Market) -> None:
    answer = await market.harness.post(
        "/bookings", user=market.seeker, content=b"a=b", headers={"content-type": "text/plain"}
    )
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


async def test_body_over_a_mebibyte_is_413(market: Market) -> None:
    answer = await market.harness.post(
        "/bookings", user=market.seeker, json={**GOOD, "message": "x" * (1 << 20)}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "content_too_large")


async def test_text_of_any_script_comes_back_as_it_was(market: Market) -> None:
    message = "<script>alert('💶')</script> ﷽\nzweite Zeile"
    answer = await market.request(await market.slot(), message=message)
    assert answer.json()["message"] == message
    assert (await market.read(answer.json()))["message"] == message


@pytest.mark.parametrize("message", ["abc\u202ecba", "a\u0000b", "a\u200bb", "\ue000"])
async def test_text_that_hides_or_reorders_is_400(market: Market, message: str) -> None:
    answer = await market.request(await market.slot(), message=message)
    assert answer.status_code == 400
    assert names(answer) == {"message"}


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\tkey", "schlüssel"])
async def test_bad_idempotency_key_is_400(market: Market, key: str) -> None:
    booking = await market.requested()
    answer = await market.harness.request(
        "POST",
        f"/bookings/{booking['id']}/accept",
        user=market.consultant,
        headers={"idempotency-key": key.encode()},  # type: ignore[dict-item]
    )
    assert names(answer) == {"Idempotency-Key"}
    assert await market.status(booking) == "requested"


async def test_unknown_path_and_wrong_method(market: Market) -> None:
    missing = await market.harness.get("/bookings/me/nothing", user=market.seeker)
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    wrong = await market.harness.put("/bookings", user=market.seeker, json={})
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert "POST" in wrong.headers["allow"]
