"""Lists of slots: own and public ones, within bounds and page by page."""

from __future__ import annotations

import pytest

from services.booking.tests.conftest import Market
from services.booking.tests.test_availability import DAY, HOUR, MINUTE, own
from shared import clock
from shared.ids import new_id


async def test_public_list_has_only_what_can_be_booked(market: Market) -> None:
    soon, taken, later = await market.offer(
        (10 * MINUTE, HOUR), (DAY, DAY + HOUR), (2 * DAY, 2 * DAY + HOUR)
    )
    await market.request(taken)
    path = f"/consultants/{market.consultant.id}/availability"
    listed = (await market.harness.get(path)).json()["items"]
    assert [slot["id"] for slot in listed] == [soon["id"], later["id"]]
    with clock.shifted(10 * MINUTE):
        listed = (await market.harness.get(path, params={"from": "2001-01-01T00:00:00Z"})).json()[
            "items"
        ]
    assert [slot["id"] for slot in listed] == [later["id"]]
    assert len(await own(market)) == 3


async def test_public_list_of_an_unknown_consultant_is_empty(market: Market) -> None:
    answer = await market.harness.get(f"/consultants/{new_id()}/availability")
    assert (answer.status_code, answer.json()) == (200, {"items": [], "next_cursor": None})
    no_id = await market.harness.get("/consultants/somebody/availability")
    assert (no_id.status_code, no_id.json()["code"]) == (404, "not_found")


async def test_from_and_to_bound_the_start(market: Market) -> None:
    slots = await market.offer(*((n * DAY, n * DAY + HOUR) for n in (1, 2, 3, 4)))
    params = {"from": slots[1]["start_time"], "to": slots[3]["start_time"]}
    wanted = [slots[1]["id"], slots[2]["id"]]
    public = await market.harness.get(
        f"/consultants/{market.consultant.id}/availability", params=params
    )
    assert [slot["id"] for slot in public.json()["items"]] == wanted
    assert [slot["id"] for slot in await own(market, **params)] == wanted


@pytest.mark.parametrize("name", ["from", "to"])
@pytest.mark.parametrize(
    "value", ["yesterday", "9999-12-31T00:00:00Z", "2031-01-01T00:00:00", "\0", ""]
)
async def test_bad_bounds_of_a_list_are_named(market: Market, name: str, value: str) -> None:
    answer = await market.harness.get(
        f"/consultants/{market.consultant.id}/availability", params={name: value}
    )
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, name)


async def test_a_list_that_ends_before_it_begins_is_refused(market: Market) -> None:
    bounds = {"from": "2031-01-02T00:00:00Z", "to": "2031-01-01T00:00:00Z"}
    public = f"/consultants/{market.consultant.id}/availability"
    for path in (public, "/consultants/me/availability"):
        answer = await market.harness.get(path, user=market.consultant, params=bounds)
        assert answer.status_code == 400
        (error,) = answer.json()["errors"]
        assert (error["field"], error["code"]) == ("to", "wrong_order")


async def test_pages_neither_skip_nor_repeat_while_slots_come_and_go(market: Market) -> None:
    slots = await market.offer(*((n * DAY, n * DAY + HOUR) for n in range(1, 8)))
    path = f"/consultants/{market.consultant.id}/availability"
    page = (await market.harness.get(path, params={"limit": 3})).json()
    seen = [slot["id"] for slot in page["items"]]
    await market.harness.delete(f"/consultants/me/availability/{seen[0]}", user=market.consultant)
    await market.offer((5 * HOUR, 6 * HOUR))  # before the page that was read
    while page["next_cursor"]:
        page = (
            await market.harness.get(path, params={"limit": 3, "cursor": page["next_cursor"]})
        ).json()
        seen += [slot["id"] for slot in page["items"]]
    assert seen == [slot["id"] for slot in slots]


@pytest.mark.parametrize("cursor", ["x", "e30", "W10", "", "Ω", "a" * 3000])
async def test_bad_cursor_is_400(market: Market, cursor: str) -> None:
    for path, user in (
        (f"/consultants/{market.consultant.id}/availability", None),
        ("/bookings/me", market.seeker),
    ):
        answer = await market.harness.get(path, user=user, params={"cursor": cursor})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "cursor"), path


@pytest.mark.parametrize("limit", ["0", "101", "-1", "many", "1e3"])
async def test_bad_limit_is_400(market: Market, limit: str) -> None:
    answer = await market.harness.get("/bookings/me", user=market.seeker, params={"limit": limit})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "limit")
