"""My bookings, and a booking's timeline."""

from datetime import timedelta
from typing import Any

import pytest

from services.booking.tests.conftest import Market
from shared.ids import new_id
from shared.paging import encode_cursor

DAY = timedelta(days=1)


async def mine(market: Market, user: Any, **params: Any) -> dict[str, Any]:
    answer = await market.harness.get("/bookings/me", user=user, params=params)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_newest_first_for_both_and_nobody_else(market: Market) -> None:
    bookings = [await market.requested(n * DAY) for n in (2, 3, 4)]
    for user in (market.seeker, market.consultant):
        assert (await mine(market, user))["items"] == bookings[::-1]
    assert (await mine(market, market.someone("seeker")))["items"] == []
    assert (await mine(market, market.someone("consultant")))["items"] == []


async def test_role_chooses_the_side(market: Market) -> None:
    booking = await market.requested()
    assert (await mine(market, market.seeker, role="seeker"))["items"] == [booking]
    assert (await mine(market, market.seeker, role="consultant"))["items"] == []
    assert (await mine(market, market.consultant, role="consultant"))["items"] == [booking]


async def test_status_filters_and_may_repeat(market: Market) -> None:
    declined = await market.requested(2 * DAY)
    await market.do("decline", declined, market.consultant)
    accepted = await market.accepted(3 * DAY)
    requested = await market.requested(4 * DAY)
    for statuses, wanted in (
        (["declined"], [declined]),
        (["accepted", "requested"], [requested, accepted]),
        (["completed"], []),
    ):
        items = (await mine(market, market.seeker, status=statuses))["items"]
        assert [item["id"] for item in items] == [booking["id"] for booking in wanted]


@pytest.mark.parametrize(
    ("params", "field"),
    [({"status": "gone"}, "status"), ({"role": "system"}, "role"), ({"role": ""}, "role")],
)
async def test_bad_filters_are_named(market: Market, params: dict[str, str], field: str) -> None:
    answer = await market.harness.get("/bookings/me", user=market.seeker, params=params)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)


async def test_pages_neither_skip_nor_repeat_while_bookings_come(market: Market) -> None:
    bookings = [await market.requested(n * DAY) for n in range(2, 9)]
    page = await mine(market, market.seeker, limit=3)
    seen = page["items"]
    await market.requested(20 * DAY)
    while page["next_cursor"]:
        page = await mine(market, market.seeker, limit=3, cursor=page["next_cursor"])
        seen += page["items"]
    assert seen == bookings[::-1]


async def test_cursor_of_another_query_is_400(market: Market) -> None:
    for n in (2, 3):
        await market.requested(n * DAY)
    cursor = (await mine(market, market.seeker, limit=1))["next_cursor"]
    for params in ({"status": "requested"}, {"role": "consultant"}):
        answer = await market.harness.get(
            "/bookings/me", user=market.seeker, params={"cursor": cursor, **params}
        )
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "cursor")


async def test_pages_of_a_timeline_have_every_entry_once_in_order(market: Market) -> None:
    booking = await market.confirmed()
    whole = await market.events_of(booking)
    assert whole == [
        "booking.requested",
        "booking.accepted",
        "payment.authorized",
        "booking.confirmed",
    ]
    path = f"/bookings/{booking['id']}/timeline"
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (
            await market.harness.get(path, user=market.consultant, params={"limit": 3, **cursor})
        ).json()
        seen += [entry["event"] for entry in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == whole


async def test_cursor_of_another_list_or_a_forged_one_is_400(market: Market) -> None:
    """A cursor is valid only for the list that issued it, with the same filters."""
    day = timedelta(days=1)
    await market.offer(*((day * n, day * n + timedelta(hours=1)) for n in range(1, 4)))
    path = f"/consultants/{market.consultant.id}/availability"
    first = (await market.harness.get(path, params={"limit": 1})).json()
    good = {"limit": 1, "cursor": first["next_cursor"]}
    assert (await market.harness.get(path, params=good)).status_code == 200

    other = f"/consultants/{new_id()}/availability"
    own = "/consultants/me/availability"
    filtered = {**good, "from": "2027-01-01T00:00:00Z"}
    forged = {"cursor": good["cursor"][:-2] + "AA"}
    for target, params in ((other, good), (own, good), (path, filtered), (path, forged)):
        answer = await market.harness.get(target, user=market.consultant, params=params)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "cursor")


async def test_cursor_with_what_no_row_can_have_is_400_even_if_it_is_signed(market: Market) -> None:
    """As from a replica with a fault, or another version."""
    booking = await market.requested()
    whose = market.consultant.id
    lists: dict[str, tuple[str, list[Any]]] = {
        f"/bookings/{booking['id']}/timeline": (f"timeline,{booking['id']}", [2**63, 0]),
        f"/consultants/{whose}/availability": (
            f"free slots,{whose},None,None",
            ["0001-01-01T00:00:00+14:00", str(new_id())],
        ),
        "/consultants/me/availability": (
            f"own slots,{whose},None,None",
            ["9999-12-31T23:59:59-14:00", str(new_id())],
        ),
    }
    for path, (scope, key) in lists.items():
        params = {"cursor": encode_cursor(key, scope)}
        answer = await market.harness.get(path, user=market.consultant, params=params)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "cursor"), path
