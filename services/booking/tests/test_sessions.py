"""Start, end and rating."""

from datetime import timedelta
from typing import Any

import pytest

from services.booking.tests.conftest import Market, instant
from shared import clock
from shared.events import SessionEnded, SessionRated

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize("who", ["seeker", "consultant"])
async def test_either_of_the_two_starts_and_ends(market: Market, who: str) -> None:
    booking = await market.confirmed(5 * MINUTE)
    user = getattr(market, who)
    started = await market.do("start", booking, user)
    assert (started.status_code, started.json()["status"]) == (200, "in_progress")
    ended = await market.do("end", booking, user)
    assert (ended.status_code, ended.json()["status"]) == (200, "completed")
    [event] = await market.harness.emitted(SessionEnded)
    assert event.ended_by == who


async def test_start_is_allowed_from_15_minutes_before_until_the_end(market: Market) -> None:
    booking = await market.confirmed(3 * HOUR, minutes=60)
    for moved, code in (
        (3 * HOUR - 15 * MINUTE - 5 * SECOND, 409),
        (4 * HOUR + SECOND, 409),
        (4 * HOUR - 5 * SECOND, 200),
    ):
        with clock.shifted(moved):
            answer = await market.do("start", booking, market.seeker)
        assert answer.status_code == code, moved
        if code == 409:
            assert answer.json()["code"] == "invalid_transition"
            assert "confirmed" in answer.json()["detail"]
            opens = instant(booking["scheduled_start"]) - 15 * MINUTE
            assert f"{opens:%Y-%m-%d %H:%M:%S}" in answer.json()["detail"]


async def test_start_within_15_minutes_is_allowed(market: Market) -> None:
    booking = await market.confirmed(3 * HOUR)
    with clock.shifted(3 * HOUR - 15 * MINUTE + SECOND):
        assert (await market.do("start", booking, market.seeker)).status_code == 200


async def test_how_early_is_a_setting(open_market: Any) -> None:
    market = await open_market(start_early_seconds="31536000")
    booking = await market.confirmed(timedelta(days=30))
    assert (await market.do("start", booking, market.seeker)).status_code == 200


@pytest.mark.parametrize(
    ("lasted", "billable"), [(0, False), (600, False), (601, True), (3_600, True)]
)
async def test_longer_than_the_free_period_is_billable(
    market: Market, lasted: int, billable: bool
) -> None:
    booking = await market.in_progress(minutes=90)
    began = instant(booking["session_start_time"])
    # to the middle of a second, so that the fraction is cut off whichever way the test's own time
    # goes
    with clock.shifted(began - clock.now() + (lasted + 0.5) * SECOND):
        ended = (await market.do("end", booking, market.seeker)).json()
    assert ended["duration_seconds"] == lasted
    [event] = await market.harness.emitted(SessionEnded)
    assert (event.billable, event.duration_seconds) == (billable, lasted)
    assert (event.session_start_time, event.session_end_time) == (
        began,
        instant(ended["session_end_time"]),
    )


async def test_free_period_is_that_of_the_request(open_market: Any) -> None:
    market = await open_market(free_period_seconds="0")
    booking = await market.in_progress()
    with clock.shifted(2 * SECOND):
        await market.do("end", booking, market.seeker)
    assert [event.billable for event in await market.harness.emitted(SessionEnded)] == [True]


async def test_end_after_the_sweep_was_due_is_no_longer_than_if_it_had_come(market: Market) -> None:
    booking = await market.in_progress(minutes=30)
    with clock.shifted(5 * HOUR):
        ended = (await market.do("end", booking, market.seeker)).json()
    assert instant(ended["session_end_time"]) == instant(booking["scheduled_end"]) + 15 * MINUTE


@pytest.mark.parametrize("state", ["requested", "accepted", "unpaid", "completed"])
async def test_start_in_any_other_state_is_refused(market: Market, state: str) -> None:
    booking = await getattr(market, state)()
    answer = await market.do("start", booking, market.seeker)
    assert refusal(answer) == (409, "invalid_transition")
    assert booking["status"] in answer.json()["detail"]


@pytest.mark.parametrize("state", ["requested", "confirmed", "completed"])
async def test_end_of_what_does_not_run_is_refused(market: Market, state: str) -> None:
    booking = await getattr(market, state)()
    answer = await market.do("end", booking, market.seeker)
    assert refusal(answer) == (409, "invalid_transition")
    assert state in answer.json()["detail"]


async def test_completed_booking_keeps_its_slot(market: Market) -> None:
    booking = await market.completed()
    slots = await market.harness.get("/consultants/me/availability", user=market.consultant)
    assert [slot["is_booked"] for slot in slots.json()["items"]] == [True]
    answer = await market.harness.delete(
        f"/consultants/me/availability/{booking['slot_id']}", user=market.consultant
    )
    assert refusal(answer) == (409, "slot_booked")


# ---- rating


async def test_rating_without_a_comment(market: Market) -> None:
    booking = await market.completed()
    answer = await market.do("rating", booking, market.seeker, score=1)
    assert (answer.status_code, answer.json()["comment"]) == (201, None)
    [listed] = (await market.harness.get("/bookings/me", user=market.consultant)).json()["items"]
    assert listed["rating"] == answer.json()


async def test_second_rating_is_refused_and_the_first_stays(market: Market) -> None:
    booking = await market.completed()
    await market.do("rating", booking, market.seeker, score=5)
    assert refusal(await market.do("rating", booking, market.seeker, score=1)) == (
        409,
        "already_rated",
    )
    assert [event.score for event in await market.harness.emitted(SessionRated)] == [5]


@pytest.mark.parametrize("state", ["requested", "confirmed", "in_progress"])
async def test_only_a_completed_session_can_be_rated(market: Market, state: str) -> None:
    booking = await getattr(market, state)()
    answer = await market.do("rating", booking, market.seeker, score=5)
    assert refusal(answer) == (409, "invalid_transition")
    assert state in answer.json()["detail"]


async def test_consultant_cannot_rate(market: Market) -> None:
    booking = await market.completed()
    assert (await market.do("rating", booking, market.consultant, score=5)).status_code == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"score": 0}, "score"),
        ({"score": 6}, "score"),
        ({"score": "5"}, "score"),
        ({"score": 4.5}, "score"),
        ({"score": None}, "score"),
        ({"comment": "no score"}, "score"),
        ({"score": 5, "comment": "x" * 2001}, "comment"),
        ({"score": 5, "comment": "nul \0"}, "comment"),
        ({"score": 5, "stars": 5}, "stars"),
    ],
)
async def test_bad_rating_is_named(market: Market, body: dict[str, Any], field: str) -> None:
    booking = await market.completed()
    answer = await market.do("rating", booking, market.seeker, **body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
