"""Offering slots, and withdrawing them."""

from datetime import timedelta
from typing import Any

import pytest

from services.booking.tests.conftest import Market, instant
from shared import clock
from shared.ids import new_id

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)


async def offer(market: Market, *times: tuple[Any, Any]) -> Any:
    """POST of slots whose bounds are texts, or timedeltas from now."""
    at = clock.now().replace(microsecond=0)
    bounds = [
        {
            "start_time": start if isinstance(start, str) else (at + start).isoformat(),
            "end_time": end if isinstance(end, str) else (at + end).isoformat(),
        }
        for start, end in times
    ]
    return await market.harness.post(
        "/consultants/me/availability", user=market.consultant, json={"slots": bounds}
    )


async def own(market: Market, **params: Any) -> list[dict[str, Any]]:
    answer = await market.harness.get(
        "/consultants/me/availability", user=market.consultant, params=params
    )
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_slots_are_answered_in_utc_and_in_the_order_asked(market: Market) -> None:
    day = (clock.now() + timedelta(days=100)).date()
    answer = await offer(
        market,
        (f"{day}T10:00:00+02:00", f"{day}T11:00:00+02:00"),
        (f"{day - timedelta(days=1)}T23:00:00-01:00", f"{day}T00:30:00Z"),
    )
    assert answer.status_code == 201
    first, second = answer.json()["items"]
    assert first == {
        "id": first["id"],
        "consultant_id": str(market.consultant.id),
        "start_time": f"{day}T08:00:00Z",
        "end_time": f"{day}T09:00:00Z",
        "is_booked": False,
        "created_at": first["created_at"],
        "updated_at": first["created_at"],
    }
    assert second["start_time"] == f"{day}T00:00:00Z"
    assert [slot["id"] for slot in await own(market)] == [second["id"], first["id"]]


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (-MINUTE, HOUR, "slots[0].start_time"),
        (timedelta(), HOUR, "slots[0].start_time"),
        (2 * HOUR, 2 * HOUR, "slots[0].end_time"),
        (2 * HOUR, HOUR, "slots[0].end_time"),
        (HOUR, HOUR + 15 * MINUTE - timedelta(seconds=1), "slots[0].end_time"),
        (HOUR, 9 * HOUR + timedelta(seconds=1), "slots[0].end_time"),
        ("2031-05-01T10:00:00", "2031-05-01T11:00:00Z", "slots[0].start_time"),
        ("0000-01-01T00:00:00Z", "2031-05-01T11:00:00Z", "slots[0].start_time"),
        ("0001-01-01T00:00:00Z", "2031-05-01T11:00:00Z", "slots[0].start_time"),
        ("2031-05-01T10:00:00Z", "9999-12-31T23:59:59Z", "slots[0].end_time"),
        ("2031-05-01T10:00:00Z", "9999-12-31T23:59:59.999999-23:59", "slots[0].end_time"),
        ("2031-02-30T10:00:00Z", "2031-05-01T11:00:00Z", "slots[0].start_time"),
        ("next Tuesday", "2031-05-01T11:00:00Z", "slots[0].start_time"),
        ("1e9", "2031-05-01T11:00:00Z", "slots[0].start_time"),
    ],
)
async def test_bad_bounds_are_named(market: Market, start: Any, end: Any, field: str) -> None:
    answer = await offer(market, (start, end))
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert await own(market) == []


async def test_shortest_and_longest_slots_are_taken(market: Market) -> None:
    answer = await offer(market, (HOUR, HOUR + 15 * MINUTE), (2 * HOUR, 10 * HOUR))
    assert answer.status_code == 201


async def test_every_bad_slot_is_named_at_once_and_none_is_kept(market: Market) -> None:
    answer = await offer(
        market,
        (HOUR, 2 * HOUR),
        (-HOUR, HOUR),
        (3 * HOUR, 2 * HOUR),
        (90 * MINUTE, 3 * HOUR),
        ("1999-01-01T00:00:00Z", "9999-01-01T00:00:00Z"),
    )
    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()["errors"]} == {
        "slots[1].start_time",
        "slots[2].end_time",
        "slots[3].start_time",
        "slots[4].start_time",
        "slots[4].end_time",
    }
    assert await own(market) == []


async def test_all_that_overlap_a_long_slot_are_named(market: Market) -> None:
    answer = await offer(
        market,
        (9 * HOUR, 12 * HOUR),
        (11 * HOUR, 690 * MINUTE),
        (570 * MINUTE, 10 * HOUR),
        (12 * HOUR, 13 * HOUR),
    )
    assert answer.status_code == 400
    assert {error["field"]: error["message"] for error in answer.json()["errors"]} == {
        "slots[1].start_time": "This overlaps slots[0].",
        "slots[2].start_time": "This overlaps slots[0].",
    }


async def test_past_short_long_reversed_and_overlapping_are_named_together(market: Market) -> None:
    answer = await offer(
        market,
        (-HOUR, HOUR),
        (2 * HOUR, 2 * HOUR + MINUTE),
        (3 * HOUR, 12 * HOUR),
        (14 * HOUR, 13 * HOUR),
        (11 * HOUR, 13 * HOUR),
    )
    assert answer.status_code == 400
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [
        ("slots[0].start_time", "past"),
        ("slots[1].end_time", "wrong_length"),
        ("slots[2].end_time", "wrong_length"),
        ("slots[3].end_time", "wrong_order"),
        ("slots[4].start_time", "overlap"),
    ]


async def test_too_short_slot_is_named_beside_a_malformed_one(market: Market) -> None:
    answer = await offer(market, (HOUR, HOUR + 14 * MINUTE), ("tomorrow", 3 * HOUR))
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [
        "slots[1].start_time",
        "slots[0].end_time",
    ]


async def test_offer_is_answered_again_when_its_times_have_passed(market: Market) -> None:
    at = clock.now().replace(microsecond=0)
    slot = {"start_time": (at + HOUR).isoformat(), "end_time": (at + 2 * HOUR).isoformat()}

    async def post(key: str) -> Any:
        return await market.harness.post(
            "/consultants/me/availability",
            user=market.consultant,
            json={"slots": [slot]},
            headers={"idempotency-key": key},
        )

    first = await post("once")
    with clock.shifted(3 * HOUR):
        again, late = await post("once"), await post("late")
    assert (again.status_code, again.json()) == (201, first.json())
    assert [(error["field"], error["code"]) for error in late.json()["errors"]] == [
        ("slots[0].start_time", "past")
    ]


async def test_no_slots_at_all_are_400(market: Market) -> None:
    answer = await offer(market)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "slots")


async def test_minimum_length_is_a_setting(open_market: Any) -> None:
    market = await open_market(minimum_slot_seconds="60")
    assert (await offer(market, (HOUR, HOUR + MINUTE))).status_code == 201


@pytest.mark.parametrize(
    ("start", "end"), [(HOUR, 2 * HOUR), (30 * MINUTE, 90 * MINUTE), (70 * MINUTE, 90 * MINUTE)]
)
async def test_overlap_with_an_existing_slot_is_409_and_nothing_is_kept(
    market: Market, start: timedelta, end: timedelta
) -> None:
    await market.offer((HOUR, 2 * HOUR))
    answer = await offer(market, (5 * HOUR, 6 * HOUR), (start, end))
    assert (answer.status_code, answer.json()["code"]) == (409, "slot_overlaps")
    assert len(await own(market)) == 1


async def test_slots_that_touch_and_those_of_others_are_no_overlap(market: Market) -> None:
    first = await market.slot(HOUR)
    assert (
        await offer(market, (first["end_time"], (instant(first["end_time"]) + HOUR).isoformat()))
    ).status_code == 201
    await market.slot(HOUR, by=market.someone("consultant"))


async def test_withdrawn_slot_is_gone_and_a_booked_one_stays(market: Market) -> None:
    free, taken = await market.offer((DAY, DAY + HOUR), (2 * DAY, 2 * DAY + HOUR))
    await market.request(taken)
    path = "/consultants/me/availability/"
    assert (
        await market.harness.delete(path + free["id"], user=market.consultant)
    ).status_code == 204
    assert (
        await market.harness.delete(path + free["id"], user=market.consultant)
    ).status_code == 404
    answer = await market.harness.delete(path + taken["id"], user=market.consultant)
    assert (answer.status_code, answer.json()["code"]) == (409, "slot_booked")
    assert [(slot["id"], slot["is_booked"]) for slot in await own(market)] == [(taken["id"], True)]


async def test_slot_of_an_unknown_id_cannot_be_withdrawn(market: Market) -> None:
    answer = await market.harness.delete(
        f"/consultants/me/availability/{new_id()}", user=market.consultant
    )
    assert answer.status_code == 404
