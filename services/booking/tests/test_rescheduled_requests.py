"""Rescheduling a request: its seeker moves it at once; the consultant's proposal extends its
deadline while it is open.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.booking.jobs import gauge_collectors
from services.booking.tests.conftest import Market, instant
from services.booking.tests.test_rescheduling import (
    DAY,
    HOUR,
    answer,
    propose,
    refusal,
    settings_of,
    sweep,
)
from shared import clock
from shared.events import BookingRescheduled, RescheduleWithdrawn
from shared.testing import metric


async def test_seekers_own_request_moves_at_once(open_market: Any) -> None:
    market = await open_market(respond_within_seconds="3600")
    booking, slot = await market.requested(), await market.slot(5 * DAY)
    with clock.shifted(timedelta(minutes=30)):
        moved = (await propose(market, booking, market.seeker, slot)).json()
    assert (moved["status"], moved["reschedule"]) == ("requested", None)
    assert moved["scheduled_start"] == slot["start_time"]
    later = instant(moved["respond_by"]) - instant(booking["respond_by"])
    assert timedelta(minutes=29) < later < timedelta(minutes=31)
    assert await market.is_free(booking["slot_id"])
    [event] = await market.harness.emitted(BookingRescheduled)
    assert event.respond_by == instant(moved["respond_by"])
    assert (await market.do("accept", booking, market.consultant)).status_code == 202


async def test_message_of_a_request_that_moves_is_posted(market: Market) -> None:
    booking, slot = await market.requested(), await market.slot(5 * DAY)
    answered = await propose(market, booking, market.seeker, slot, message="Friday suits me better")
    assert (answered.status_code, answered.json()) == (202, await market.read(booking))
    path = f"/bookings/{booking['id']}/messages"
    [posted] = (await market.harness.get(path, user=market.consultant)).json()["items"]
    assert (posted["author"], posted["body"]) == ("seeker", "Friday suits me better")


@pytest.mark.parametrize("message", ["", " ", "\n\t ", "\u2800"])
async def test_request_moves_without_a_message_if_that_has_no_text(
    market: Market, message: str
) -> None:
    booking, slot = await market.requested(), await market.slot(5 * DAY)
    moved = await propose(market, booking, market.seeker, slot, message=message)
    assert (moved.status_code, moved.json()["slot_id"]) == (202, slot["id"])
    path = f"/bookings/{booking['id']}/messages"
    assert (await market.harness.get(path, user=market.consultant)).json()["items"] == []


async def test_request_that_has_expired_neither_moves_nor_changes(open_market: Any) -> None:
    market = await open_market(respond_within_seconds="3600")
    booking, slot = await market.requested(), await market.slot(5 * DAY)
    with clock.shifted(timedelta(minutes=61)):  # and the sweep has not run yet
        refused = [
            await propose(market, booking, market.seeker, slot),
            await propose(market, booking, market.consultant, slot),
            await market.do("decline", booking, market.consultant),
            await market.do("cancel", booking, market.seeker),
        ]
    for answered in refused:
        assert (answered.status_code, answered.json()["code"]) == (409, "invalid_transition")
        assert "but it has expired" in answered.json()["detail"]


async def test_consultants_proposal_for_a_request_waits_for_the_seeker(market: Market) -> None:
    booking, slot = await market.requested(), await market.slot(5 * DAY)
    with clock.shifted(47 * HOUR):
        made = (await propose(market, booking, market.consultant, slot)).json()
    assert made["reschedule"]["proposed_by"] == "consultant"
    # The request does not expire before the answer is due.
    assert made["respond_by"] == made["reschedule"]["expires_at"]
    assert instant(made["respond_by"]) > instant(booking["respond_by"])
    moved = (await answer(market, "accept", booking, market.seeker)).json()
    assert (moved["status"], moved["scheduled_start"]) == ("requested", slot["start_time"])


@pytest.mark.parametrize(("verb", "by"), [("withdraw", "consultant"), ("decline", "seeker")])
async def test_consultants_proposal_that_is_over_leaves_the_deadline_as_it_was(
    market: Market, verb: str, by: str
) -> None:
    booking, slot = await market.requested(), await market.slot(5 * DAY)
    with clock.shifted(47 * HOUR):
        await propose(market, booking, market.consultant, slot)
        after = (await answer(market, verb, booking, getattr(market, by))).json()
    assert (after["status"], after["respond_by"]) == ("requested", booking["respond_by"])
    with clock.shifted(48 * HOUR + timedelta(minutes=1)):
        late = await market.do("accept", booking, market.consultant)
        assert refusal(late) == (409, "invalid_transition")
        await sweep(market, "expire-requests")
    assert await market.status(booking) == "expired"


@pytest.mark.parametrize("first", ["expire-requests", "expire-proposals"])
async def test_request_waits_for_the_answer_to_the_consultants_proposal_and_expires_with_it(
    market: Market, first: str
) -> None:
    booking, slot = await market.requested(), await market.slot(5 * DAY)
    with clock.shifted(47 * HOUR):
        await propose(market, booking, market.consultant, slot)
    with clock.shifted(71 * HOUR - timedelta(minutes=1)):
        await sweep(market, "expire-requests")
        assert await market.status(booking) == "requested"
        [collect] = gauge_collectors(settings_of(market))
        await collect(market.harness.database)
        assert metric("bookings_overdue_seconds", status="requested") == 0
    with clock.shifted(71 * HOUR + timedelta(minutes=1)):
        for name in (first, "expire-proposals", "expire-requests"):
            await sweep(market, name)
    assert await market.status(booking) == "expired"
    assert await market.is_free(booking["slot_id"])
    assert await market.is_free(slot["id"])


async def test_proposal_for_an_accepted_booking_changes_no_deadline(market: Market) -> None:
    booking, slot = await market.accepted(), await market.slot(5 * DAY)
    with clock.shifted(47 * HOUR):
        made = (await propose(market, booking, market.consultant, slot)).json()
    assert made["reschedule"]["expires_at"] > booking["respond_by"]
    assert made["respond_by"] == booking["respond_by"]


@pytest.mark.parametrize("verb", ["cancel", "decline"])
async def test_end_of_the_booking_withdraws_the_proposal(market: Market, verb: str) -> None:
    booking, slot = await market.requested(), await market.slot(5 * DAY)
    await propose(market, booking, market.consultant, slot)
    ended = (await market.do(verb, booking, market.consultant)).json()
    assert ended["reschedule"] is None
    assert await market.is_free(slot["id"])
    assert await market.is_free(booking["slot_id"])
    (withdrawn,) = await market.harness.emitted(RescheduleWithdrawn)
    assert withdrawn.withdrawn_by == "system"
