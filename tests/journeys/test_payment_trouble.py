"""Payments refused by the bank, and how the seeker resolves them."""

from __future__ import annotations

from typing import Any

import pytest

from shared.testing import eventually
from tests.people import World, confirmed, longer_than_the_free_period

DECLINES = {
    "pm_card_chargeCustomerFail": "card_declined",
    "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds": "insufficient_funds",
    "pm_card_authenticationRequired": "authentication_required",
}


@pytest.mark.parametrize(("card", "failure"), DECLINES.items())
async def test_a_refused_card_is_named_and_another_one_heals_it(
    world: World, card: Any, failure: Any
) -> None:
    consultant, seeker = await world.consultant(), await world.seeker(card)
    slot = (await consultant.offer())[0]
    booking = await seeker.request(consultant, slot)
    await consultant.accept(booking["id"])
    failed = await seeker.sees(booking["id"], status="payment_failed")
    assert (failed["payment_failure"], failed["payment_status"]) == (failure, "failed")
    assert failed["payment_deadline"] == slot["start_time"]
    await seeker.save_card("pm_card_visa")
    retried = await seeker.call("POST", f"/bookings/{booking['id']}/retry-payment")
    assert retried.status_code == 202
    healed = await seeker.sees(booking["id"], status="confirmed", payment_status="authorized")
    assert healed["payment_failure"] is None
    live = [
        intent
        for intent in await world.stripe_list("/v1/payment_intents")
        if intent["transfer_group"] == booking["id"] and intent["status"] == "requires_capture"
    ]
    assert len(live) == 1


async def test_without_a_card_the_booking_says_so(world: World) -> None:
    consultant, seeker = await world.consultant(), await world.seeker(card=None)
    booking = await seeker.request(consultant, (await consultant.offer())[0])
    await consultant.accept(booking["id"])
    failed = await seeker.sees(booking["id"], status="payment_failed")
    assert failed["payment_failure"] == "no_payment_method"


async def test_the_cardholder_confirms_with_their_bank(world: World) -> None:
    consultant, seeker = (
        await world.consultant(),
        await world.seeker("pm_card_authenticationRequired"),
    )
    booking = await seeker.request(consultant, (await consultant.offer())[0])
    await consultant.accept(booking["id"])
    await seeker.sees(
        booking["id"], status="payment_failed", payment_failure="authentication_required"
    )
    secret = (await seeker.get(f"/payments/{booking['id']}/authentication"))["client_secret"]
    intent = secret.partition("_secret_")[0]
    answered = await world.stripe.post(f"/_sandbox/3ds/{intent}", data={"outcome": "succeed"})
    assert answered.status_code == 200, answered.text
    await seeker.sees(booking["id"], status="confirmed", payment_status="authorized")


@pytest.mark.parametrize("mode", ["timeout_after", "500", "429"])
async def test_stripe_in_trouble_charges_nobody_twice(world: World, mode: Any) -> None:
    consultant, seeker = await world.consultant(), await world.seeker()
    slot = (await consultant.offer())[0]
    booking = await seeker.request(consultant, slot)
    await world.fail_next("/v1/payment_intents", mode, 2)
    await consultant.accept(booking["id"])
    await seeker.sees(booking["id"], within=90, status="confirmed")
    intents = [
        i
        for i in await world.stripe_list("/v1/payment_intents")
        if i["transfer_group"] == booking["id"]
    ]
    assert len([i for i in intents if i["status"] == "requires_capture"]) == 1


async def test_the_consultants_share_waits_until_their_account_can_receive(world: World) -> None:
    consultant = await world.consultant(onboarded=False)
    seeker = await world.seeker()
    booking = await confirmed(seeker, consultant)
    await seeker.start(booking["id"])
    await longer_than_the_free_period(seeker, booking["id"])
    await seeker.end(booking["id"])
    await seeker.sees(booking["id"], payment_status="captured")

    async def waiting() -> Any:
        return await consultant.payout_of(booking["id"])

    assert (await eventually(waiting))["status"] == "pending"
    await consultant.onboard()

    async def paid() -> Any:
        payout = await consultant.payout_of(booking["id"])
        assert payout is not None
        return payout["status"] == "paid" and payout["transfer_id"].startswith("tr_")

    await eventually(paid)
    assert len(await world.stripe_list("/v1/transfers", transfer_group=booking["id"])) == 1
