"""Races for a proposed time: the outcome is always that of some sequential order."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from services.booking.tests.conftest import Market
from services.booking.tests.test_rescheduling import (
    DAY,
    HOUR,
    answer,
    propose,
    proposed,
    refusal,
    sweep,
)
from shared import clock
from shared.events import RescheduleExpired


async def ended_consistently(market: Market, booking: dict[str, Any], slot: dict[str, Any]) -> None:
    """Whichever came first, exactly one of the two slots is held by a live booking."""
    after = await market.read(booking)
    live = after["status"] in ("requested", "accepted", "confirmed")
    held = {booking["slot_id"]: False, slot["id"]: False}
    if live:
        held[after["slot_id"]] = True
        if after["reschedule"]:
            held[after["reschedule"]["slot_id"]] = True
    for slot_id, is_held in held.items():
        assert await market.is_free(slot_id) is not is_held


@pytest.mark.parametrize("attempt", range(5))
@pytest.mark.parametrize("against", ["cancel", "reschedule/withdraw", "reschedule/decline"])
async def test_accept_against_cancel_withdraw_or_decline_ends_as_one_after_the_other(
    market: Market, against: str, attempt: int
) -> None:
    booking, slot = await proposed(market)
    rival = market.consultant if against == "reschedule/decline" else market.seeker
    calls = [
        answer(market, "accept", booking, market.consultant),
        market.do(against, booking, rival),
    ]
    answers = await asyncio.gather(*(calls if attempt % 2 else reversed(calls)))
    assert all(one.status_code in (200, 409) for one in answers)
    if against != "cancel":  # which may come after the move, too
        assert sorted(one.status_code for one in answers) == [200, 409]
    await ended_consistently(market, booking, slot)


async def test_accept_at_the_expiry_is_refused_and_the_proposal_expires_once(
    market: Market,
) -> None:
    booking, slot = await proposed(market)
    with clock.shifted(DAY):
        answered, _ = await asyncio.gather(
            answer(market, "accept", booking, market.consultant), sweep(market)
        )
        assert refusal(answered) == (409, "no_proposal")
        await ended_consistently(market, booking, slot)
    assert len(await market.harness.emitted(RescheduleExpired)) == 1


async def test_two_proposals_at_once_are_one(market: Market) -> None:
    booking = await market.confirmed()
    slots = await market.offer(*((5 * DAY + n * HOUR, 5 * DAY + (n + 1) * HOUR) for n in range(6)))
    users = [market.seeker, market.consultant] * 3
    answers = await asyncio.gather(
        *(propose(market, booking, user, slot) for user, slot in zip(users, slots, strict=True))
    )
    assert sorted(one.status_code for one in answers) == [202] + [409] * 5
    taken = [slot for slot in slots if not await market.is_free(slot["id"])]
    assert len(taken) == 1


async def test_proposal_against_the_withdrawal_of_its_slot(market: Market) -> None:
    booking, slot = await market.confirmed(), await market.slot(5 * DAY)
    path = f"/consultants/me/availability/{slot['id']}"
    made, deleted = await asyncio.gather(
        propose(market, booking, market.seeker, slot),
        market.harness.delete(path, user=market.consultant),
    )
    assert (made.status_code, deleted.status_code) in ((202, 409), (404, 204), (409, 204))


async def test_proposal_against_a_request_for_the_same_slot(market: Market) -> None:
    booking, slot = await market.confirmed(), await market.slot(5 * DAY)
    rivals = [market.someone("seeker") for _ in range(4)]
    answers = await asyncio.gather(
        propose(market, booking, market.seeker, slot),
        *(market.request(slot, by=rival) for rival in rivals),
    )
    codes = sorted(one.status_code for one in answers)
    assert codes in ([201] + [409] * 4, [202] + [409] * 4)
