"""Cancelling, its fee, and the preview, which agrees with it."""

from datetime import timedelta
from typing import Any

import pytest

from services.booking.tests.conftest import Market, instant
from shared import clock
from shared.events import BookingCancelled, SessionMissed

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)


async def preview(market: Market, booking: dict[str, Any], user: Any) -> dict[str, Any]:
    answer = await market.harness.get(f"/bookings/{booking['id']}/cancellation", user=user)
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


@pytest.mark.parametrize("state", ["requested", "accepted", "unpaid", "confirmed"])
@pytest.mark.parametrize("who", ["seeker", "consultant"])
@pytest.mark.parametrize("starts_in", [3 * DAY, 3 * HOUR])
async def test_cancel_costs_what_the_preview_said(
    market: Market, state: str, who: str, starts_in: timedelta
) -> None:
    booking = await getattr(market, state)(starts_in)
    user = getattr(market, who)
    said = await preview(market, booking, user)
    late = state == "confirmed" and who == "seeker" and starts_in < DAY
    assert said["can_cancel"] is True
    assert said["fee"] == (6_000 if late else 0)
    assert said["returned"] == ((6_000 if late else 12_000) if state == "confirmed" else 0)
    assert said["currency"] == "usd"
    ahead = who == "seeker" and starts_in > DAY
    assert said["free_until"] == (
        (instant(booking["scheduled_start"]) - DAY).isoformat().replace("+00:00", "Z")
        if ahead
        else None
    )

    answer = await market.do("cancel", booking, user, reason="Something came up")
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert answer.json()["payment_deadline"] is None
    assert await market.is_free(booking["slot_id"])
    [event] = await market.harness.emitted(BookingCancelled)
    assert (event.cancelled_by, event.fee, event.reason) == (who, said["fee"], "Something came up")


async def test_24_hours_before_is_still_free_and_a_second_later_is_not(market: Market) -> None:
    booking = await market.confirmed(2 * DAY)
    free_until = instant(booking["scheduled_start"]) - DAY
    for late, fee in ((timedelta(seconds=-2), 0), (timedelta(seconds=1), 6_000)):
        with clock.shifted(free_until - clock.now() + late):
            assert (await preview(market, booking, market.seeker))["fee"] == fee


async def test_cancel_without_a_body(market: Market) -> None:
    answer = await market.do("cancel", await market.requested(), market.seeker)
    assert answer.status_code == 200


@pytest.mark.parametrize("state", ["in_progress", "completed"])
async def test_what_has_begun_cannot_be_cancelled(market: Market, state: str) -> None:
    booking = await getattr(market, state)()
    said = await preview(market, booking, market.seeker)
    assert (said["can_cancel"], said["fee"], said["returned"], said["free_until"]) == (
        False,
        0,
        0,
        None,
    )
    assert state in said["policy"]
    answer = await market.do("cancel", booking, market.seeker)
    assert (answer.status_code, answer.json()["code"]) == (409, "invalid_transition")
    assert state in answer.json()["detail"]
    assert answer.json()["detail"] == said["policy"]


@pytest.mark.parametrize("who", ["seeker", "consultant"])
async def test_request_that_has_expired_cannot_be_cancelled_and_the_preview_says_so(
    market: Market, who: str
) -> None:
    booking, user = await market.requested(5 * DAY), getattr(market, who)
    with clock.shifted(2 * DAY + HOUR):  # and the sweep has not run yet
        said = await preview(market, booking, user)
        answer = await market.do("cancel", booking, user)
    assert (said["can_cancel"], said["free_until"]) == (False, None)
    assert (answer.status_code, answer.json()["code"]) == (409, "invalid_transition")
    assert answer.json()["detail"] == said["policy"]
    assert said["policy"].startswith("The booking is requested, but it has expired")


@pytest.mark.parametrize("who", ["seeker", "consultant"])
async def test_session_that_nobody_started_by_its_latest_end_costs_nothing_before_any_sweep(
    market: Market, who: str
) -> None:
    booking, user = await market.confirmed(HOUR), getattr(market, who)
    with clock.shifted(2 * HOUR + 15 * MINUTE):
        said = await preview(market, booking, user)
        answer = await market.do("cancel", booking, user)
        assert (said["can_cancel"], said["fee"], said["free_until"]) == (False, 0, None)
        assert (answer.status_code, answer.json()["code"]) == (409, "invalid_transition")
        await market.run_job("miss-sessions")
        after = await market.read(booking)
    assert (after["status"], after["absent"]) == ("no_show", "both")
    [event] = await market.harness.emitted(SessionMissed)
    assert event.fee == 0


async def test_slot_that_has_begun_is_not_given_to_others(market: Market) -> None:
    booking = await market.confirmed(HOUR)
    slot = {"id": booking["slot_id"], "consultant_id": str(market.consultant.id)}
    with clock.shifted(HOUR):
        assert (await market.do("cancel", booking, market.consultant)).status_code == 200
        assert not await market.is_free(booking["slot_id"])
        refused = await market.request(slot, by=market.someone("seeker"))
    assert (refused.status_code, refused.json()["code"]) == (409, "slot_unavailable")


async def test_slot_that_has_begun_can_be_withdrawn_once_its_booking_is_off(
    market: Market,
) -> None:
    booking = await market.confirmed(HOUR, minutes=120)
    with clock.shifted(HOUR + MINUTE):
        assert (await market.do("cancel", booking, market.seeker)).status_code == 200
        path = "/consultants/me/availability"
        listed = await market.harness.get(path, user=market.consultant)
        assert [slot["is_booked"] for slot in listed.json()["items"]] == [False]
        withdrawn = await market.harness.delete(
            f"{path}/{booking['slot_id']}", user=market.consultant
        )
        assert withdrawn.status_code == 204
        await market.offer((HOUR / 2, HOUR))  # the rest of the time can be offered again


@pytest.mark.parametrize("verb", ["cancel", "decline"])
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"reason": "x" * 501}, "reason"),
        ({"reason": 5}, "reason"),
        ({"reason": "nul \0"}, "reason"),
        ({"why": "x"}, "why"),
    ],
)
async def test_bad_reason_is_named(
    market: Market, verb: str, body: dict[str, Any], field: str
) -> None:
    booking = await market.requested()
    answer = await market.do(verb, booking, market.consultant, **body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    assert await market.status(booking) == "requested"
