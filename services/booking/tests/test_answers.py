"""The consultant's answer to a request."""

from datetime import timedelta

import pytest

from services.booking.tests.conftest import Market
from services.booking.tests.test_requests import DAY, refusal
from shared import clock
from shared.events import BookingAccepted, BookingDeclined


async def test_accept_asks_payments_for_the_money(market: Market) -> None:
    booking = await market.requested()
    answer = await market.do("accept", booking, market.consultant)
    assert (answer.status_code, answer.json()["status"]) == (202, "accepted")
    assert answer.json()["payment_status"] == "authorizing"
    [event] = await market.harness.emitted(BookingAccepted)
    assert (event.amount, event.currency, event.commission_amount, event.attempt) == (
        12_000,
        "usd",
        1_800,
        1,
    )


async def test_decline_frees_the_slot_and_says_why(market: Market) -> None:
    booking = await market.requested()
    answer = await market.do("decline", booking, market.consultant, reason="On holiday")
    assert (answer.status_code, answer.json()["status"]) == (200, "declined")
    assert await market.is_free(booking["slot_id"])
    [event] = await market.harness.emitted(BookingDeclined)
    assert event.reason == "On holiday"
    timeline = await market.harness.get(f"/bookings/{booking['id']}/timeline", user=market.seeker)
    assert timeline.json()["items"][-1]["detail"] == {"reason": "On holiday"}


async def test_decline_needs_no_body(market: Market) -> None:
    answer = await market.do("decline", await market.requested(), market.consultant)
    assert answer.status_code == 200


@pytest.mark.parametrize("verb", ["accept", "decline"])
async def test_second_answer_is_refused_with_the_status(market: Market, verb: str) -> None:
    booking = await market.requested()
    await market.do("decline", booking, market.consultant)
    answer = await market.do(verb, booking, market.consultant)
    assert refusal(answer) == (409, "invalid_transition")
    assert "declined" in answer.json()["detail"]


async def test_accept_after_respond_by_is_refused_before_any_sweep(market: Market) -> None:
    booking = await market.requested(5 * DAY)
    with clock.shifted(timedelta(hours=48, seconds=1)):
        answer = await market.do("accept", booking, market.consultant)
    assert refusal(answer) == (409, "invalid_transition")
    assert "requested" in answer.json()["detail"]
    assert "expired" in answer.json()["detail"]
    assert await market.harness.emitted(BookingAccepted) == []
