"""Concurrent requests: whatever the order in which the database serves them, the outcome is that of
some sequential order.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import pytest

from services.booking.jobs.sweeps import sweeps
from services.booking.tests.conftest import Market, instant
from shared import clock
from shared.events import (
    BookingAccepted,
    BookingCancelled,
    BookingConfirmed,
    BookingDeclined,
    BookingExpired,
    BookingRequested,
    SessionEnded,
    SessionRated,
    SessionStarted,
)

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
ROUNDS = range(5)


async def at_once(*calls: Awaitable[Any]) -> list[Any]:
    """All responses; an exception fails the test."""
    return list(await asyncio.gather(*calls))


def codes(answers: list[Any]) -> Counter[str]:
    """The number of responses per status, with the problem's code if there is one."""
    return Counter(
        f"{a.status_code} {a.json()['code']}" if a.status_code >= 400 else str(a.status_code)
        for a in answers
    )


async def sweep(market: Market, name: str) -> None:
    await sweeps(market.harness.app.state.settings)[name].run(market.harness.database, lambda: None)


async def test_forty_requests_for_one_slot_make_one_booking(market: Market) -> None:
    slot = await market.slot()
    seekers = [market.someone("seeker") for _ in range(40)]
    answers = await at_once(*(market.request(slot, by=seeker) for seeker in seekers))
    assert codes(answers) == {"201": 1, "409 slot_unavailable": 39}
    assert len(await market.harness.emitted(BookingRequested)) == 1
    assert len(await market.harness.sql("select from bookings")) == 1


async def test_one_seeker_at_overlapping_slots_gets_one(market: Market) -> None:
    others = [await market.priced(market.someone("consultant")) for _ in range(8)]
    slots = [await market.slot(DAY + n * MINUTE, by=other) for n, other in enumerate(others)]
    answers = await at_once(*(market.request(slot) for slot in slots))
    assert codes(answers) == {"201": 1, "409 seeker_busy": 7}
    taken = await market.harness.sql("select from availability_slots where is_booked")
    assert len(taken) == 1


async def test_one_click_that_arrives_five_times_books_once(market: Market) -> None:
    slot = await market.slot()
    body = {"consultant_id": slot["consultant_id"], "slot_id": slot["id"]}
    headers = {"idempotency-key": "click"}
    answers = await at_once(
        *(
            market.harness.post("/bookings", user=market.seeker, json=body, headers=headers)
            for _ in range(5)
        )
    )
    assert codes(answers) == {"201": 5}
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_overlapping_offers_at_once_keep_one(market: Market) -> None:
    at = (clock.now() + DAY).replace(microsecond=0)

    async def offer(minutes: int) -> Any:
        start = at + minutes * MINUTE
        bounds = {"start_time": start.isoformat(), "end_time": (start + HOUR).isoformat()}
        return await market.harness.post(
            "/consultants/me/availability", user=market.consultant, json={"slots": [bounds]}
        )

    assert codes(await at_once(*(offer(n) for n in range(8)))) == {"201": 1, "409 slot_overlaps": 7}


@pytest.mark.parametrize("_", ROUNDS)
async def test_slot_requested_and_withdrawn_at_once_is_either_booked_or_gone(
    market: Market, _: int
) -> None:
    slot = await market.slot()
    path = f"/consultants/me/availability/{slot['id']}"
    answers = await at_once(
        market.request(slot), market.harness.delete(path, user=market.consultant)
    )
    assert codes(answers) in ({"201": 1, "409 slot_booked": 1}, {"404 not_found": 1, "204": 1})


@pytest.mark.parametrize("_", ROUNDS)
async def test_two_accepts_ask_for_the_money_once(market: Market, _: int) -> None:
    booking = await market.requested()
    answers = await at_once(*(market.do("accept", booking, market.consultant) for _ in range(4)))
    assert codes(answers) == {"202": 1, "409 invalid_transition": 3}
    assert len(await market.harness.emitted(BookingAccepted)) == 1


@pytest.mark.parametrize("_", ROUNDS)
async def test_booking_accepted_and_cancelled_at_once_is_cancelled(market: Market, _: int) -> None:
    booking = await market.requested()
    accept, cancel = await at_once(
        market.do("accept", booking, market.consultant), market.do("cancel", booking, market.seeker)
    )
    assert cancel.status_code == 200
    assert accept.status_code in (202, 409)
    assert await market.status(booking) == "cancelled"
    assert len(await market.harness.emitted(BookingAccepted)) == (accept.status_code == 202)
    assert len(await market.harness.emitted(BookingCancelled)) == 1


@pytest.mark.parametrize("_", ROUNDS)
async def test_request_accepted_and_declined_at_once_is_what_was_first(
    market: Market, _: int
) -> None:
    booking = await market.requested()
    accept, decline = await at_once(
        market.do("accept", booking, market.consultant),
        market.do("decline", booking, market.consultant),
    )
    assert sorted((accept.status_code < 300, decline.status_code < 300)) == [False, True]
    assert await market.status(booking) == ("accepted" if accept.status_code == 202 else "declined")


@pytest.mark.parametrize("_", ROUNDS)
async def test_request_declined_at_its_expiry_ends_once(market: Market, _: int) -> None:
    booking = await market.requested(5 * DAY)
    with clock.shifted(3 * DAY):
        decline, _none = await at_once(
            market.do("decline", booking, market.consultant), sweep(market, "expire-requests")
        )
    status = await market.status(booking)
    assert status == ("declined" if decline.status_code == 200 else "expired")
    emitted = (
        await market.harness.emitted(BookingDeclined),
        await market.harness.emitted(BookingExpired),
    )
    assert [len(events) for events in emitted] == [status == "declined", status == "expired"]


@pytest.mark.parametrize("_", ROUNDS)
async def test_booking_cancelled_at_its_authorisation_costs_a_fee_only_if_it_was_confirmed(
    market: Market, _: int
) -> None:
    booking = await market.accepted(3 * HOUR)
    cancel, _none = await at_once(
        market.do("cancel", booking, market.seeker),
        market.harness.deliver(market.authorized(booking)),
    )
    assert cancel.status_code == 200
    after = await market.read(booking)
    assert (after["status"], after["payment_status"]) == ("cancelled", "authorized")
    confirmed = len(await market.harness.emitted(BookingConfirmed))
    [event] = await market.harness.emitted(BookingCancelled)
    assert event.fee == (6_000 if confirmed else 0)  # only who was confirmed can be late


@pytest.mark.parametrize("_", ROUNDS)
async def test_session_that_both_start_at_once_starts_once(market: Market, _: int) -> None:
    booking = await market.confirmed(5 * MINUTE)
    answers = await at_once(
        market.do("start", booking, market.seeker), market.do("start", booking, market.consultant)
    )
    assert codes(answers) == {"200": 1, "409 invalid_transition": 1}
    assert len(await market.harness.emitted(SessionStarted)) == 1


@pytest.mark.parametrize("_", ROUNDS)
async def test_session_that_both_end_at_once_ends_once(market: Market, _: int) -> None:
    booking = await market.in_progress()
    answers = await at_once(
        market.do("end", booking, market.seeker), market.do("end", booking, market.consultant)
    )
    assert codes(answers) == {"200": 1, "409 invalid_transition": 1}
    assert len(await market.harness.emitted(SessionEnded)) == 1


@pytest.mark.parametrize("_", ROUNDS)
async def test_session_ended_during_its_sweep_ends_once_at_its_latest_end(
    market: Market, _: int
) -> None:
    booking = await market.in_progress(minutes=30)
    with clock.shifted(HOUR):
        end, _none = await at_once(
            market.do("end", booking, market.seeker), sweep(market, "end-sessions")
        )
    assert end.status_code in (200, 409)
    [event] = await market.harness.emitted(SessionEnded)
    assert event.ended_by == ("seeker" if end.status_code == 200 else "system")
    assert event.session_end_time == instant(booking["scheduled_end"]) + 15 * MINUTE


async def test_two_ratings_at_once_keep_one(market: Market) -> None:
    booking = await market.completed()
    answers = await at_once(
        *(market.do("rating", booking, market.seeker, score=n) for n in (1, 2, 3, 4))
    )
    assert codes(answers) == {"201": 1, "409 already_rated": 3}
    assert len(await market.harness.emitted(SessionRated)) == 1
