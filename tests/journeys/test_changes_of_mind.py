"""Declining, cancelling, and the resulting fees."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from shared.testing import eventually
from tests.people import World, confirmed


async def test_a_declined_slot_is_free_again(world: World) -> None:
    consultant, seeker = await world.consultant(), await world.seeker(card=None)
    slot = (await consultant.offer())[0]
    booking = await seeker.request(consultant, slot)
    assert (await seeker.get(f"/consultants/{consultant.id}/availability"))["items"] == []
    assert (await consultant.decline(booking["id"], "On holiday"))["status"] == "declined"
    free = (await seeker.get(f"/consultants/{consultant.id}/availability"))["items"]
    assert [s["id"] for s in free] == [slot["id"]]
    assert (await seeker.request(consultant, slot))["status"] == "requested"


async def test_a_late_cancellation_by_the_seeker_costs_half_and_the_consultant_gets_their_share(
    world: World,
) -> None:
    consultant, seeker = await world.consultant(hourly_rate=9_999), await world.seeker()
    booking = await confirmed(seeker, consultant, minutes=60)
    await seeker.cancel(booking["id"], "Ill")
    done = await seeker.sees(booking["id"], status="cancelled", payment_status="captured")
    assert done["amount"] == 9_999

    async def paid() -> Any:
        payout = await consultant.payout_of(booking["id"])
        return payout and payout["status"] == "paid" and payout

    payout = await eventually(paid)
    assert (payout["gross_amount"], payout["commission_amount"], payout["amount"]) == (
        5_000,
        750,
        4_250,
    )


async def test_an_early_cancellation_is_free(world: World) -> None:
    consultant, seeker = await world.consultant(), await world.seeker()
    booking = await confirmed(seeker, consultant, starts_in=timedelta(days=3))
    preview = await seeker.get(f"/bookings/{booking['id']}/cancellation")
    assert preview["fee"] == 0
    await seeker.cancel(booking["id"])
    await seeker.sees(booking["id"], status="cancelled", payment_status="released")


async def test_the_consultant_cancels_for_free_however_late(world: World) -> None:
    consultant, seeker = await world.consultant(), await world.seeker()
    booking = await confirmed(seeker, consultant)
    await consultant.cancel(booking["id"], "Power cut")
    await seeker.sees(booking["id"], status="cancelled", payment_status="released")


async def test_cancelling_while_the_card_is_being_authorised_leaves_no_hold(world: World) -> None:
    consultant, seeker = await world.consultant(), await world.seeker()
    booking = await seeker.request(consultant, (await consultant.offer())[0])
    await consultant.accept(booking["id"])
    await seeker.cancel(booking["id"])

    async def no_hold() -> Any:
        intents = [
            i
            for i in await world.stripe_list("/v1/payment_intents")
            if i["transfer_group"] == booking["id"]
        ]
        return (
            all(i["status"] == "canceled" for i in intents)
            and (await seeker.booking(booking["id"]))["status"]
        )

    assert await eventually(no_hold) == "cancelled"
