"""Validation of the period for which a seeker waits, field by field."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.booking.tests.conftest import Market
from services.booking.tests.test_waitlist import DAY, HOUR, MINUTE, path, wait
from shared import clock
from shared.ids import new_id


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (2 * DAY, DAY, "to"),
        (DAY, DAY, "to"),
        (-2 * DAY, -DAY, "to"),
        (timedelta(), 60 * DAY + MINUTE, "to"),
    ],
)
async def test_bad_times_are_400(
    market: Market, start: timedelta, end: timedelta, field: str
) -> None:
    answer = await wait(market, market.seeker, start, end)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)


async def test_all_bad_fields_are_named(market: Market) -> None:
    body = {"from": "2026-01-01", "until": 1}
    answer = await market.harness.post(path(market), user=market.seeker, json=body)
    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()["errors"]} == {"from", "to", "until"}


async def test_bad_and_past_times_are_named_together(market: Market) -> None:
    body = {"from": "tomorrow", "to": (clock.now() - DAY).isoformat()}
    answer = await market.harness.post(path(market), user=market.seeker, json=body)
    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()["errors"]} == {"from", "to"}


async def test_entry_is_answered_again_when_its_time_has_passed(market: Market) -> None:
    await market.slot()  # who offers time is known
    at = clock.now()
    body = {"from": at.isoformat(), "to": (at + HOUR).isoformat()}
    options: dict[str, Any] = {"json": body, "headers": {"idempotency-key": "once"}}
    first = await market.harness.post(path(market), user=market.seeker, **options)
    with clock.shifted(2 * HOUR):
        again = await market.harness.post(path(market), user=market.seeker, **options)
    assert (again.status_code, again.json()) == (201, first.json())


async def test_unknown_consultant_is_404(market: Market) -> None:
    at = clock.now()
    body = {"from": at.isoformat(), "to": (at + DAY).isoformat()}
    for whom in (new_id(), market.seeker.id):
        where = f"/consultants/{whom}/waitlist"
        answer = await market.harness.post(where, user=market.seeker, json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
