"""How many free slots there can be, and how far ahead."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.booking.tests.conftest import Market
from shared import clock


def quarters(at: datetime, number: int) -> list[dict[str, str]]:
    return [
        {
            "start_time": (at + n * timedelta(minutes=15)).isoformat(),
            "end_time": (at + (n + 1) * timedelta(minutes=15)).isoformat(),
        }
        for n in range(number)
    ]


async def test_more_than_2000_future_free_slots_are_409_with_the_number(market: Market) -> None:
    path = "/consultants/me/availability"
    start = clock.now().replace(microsecond=0) + timedelta(days=1)
    refused = await market.harness.post(
        path, user=market.consultant, json={"slots": quarters(start, 2_001)}
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_slots")
    answer = await market.harness.post(
        path, user=market.consultant, json={"slots": quarters(start, 2_000)}
    )
    assert answer.status_code == 201, answer.text
    body = {"slots": quarters(start + timedelta(days=40), 2)}
    refused = await market.harness.post(path, user=market.consultant, json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_slots")
    assert "2,002" in refused.json()["detail"]

    slot = (await market.harness.get(path, user=market.consultant)).json()["items"][0]
    assert (await market.request(slot)).status_code == 201  # a booked slot is not a free one
    body = {"slots": quarters(start + timedelta(days=40), 1)}
    assert (await market.harness.post(path, user=market.consultant, json=body)).status_code == 201


async def test_slots_beyond_366_days_are_409(market: Market) -> None:
    path = "/consultants/me/availability"
    at = clock.now().replace(microsecond=0)
    near, far = at + timedelta(days=366), at + timedelta(days=366, hours=1)
    for start, status in ((far, 409), (near, 201)):
        body = {"slots": quarters(start, 1)}
        answer = await market.harness.post(path, user=market.consultant, json=body)
        assert answer.status_code == status, answer.text
