"""The main journey, from registration to rating, over HTTP only."""

from __future__ import annotations

from typing import Any

from shared.testing import eventually
from tests.people import World, confirmed, longer_than_the_free_period


async def test_a_seeker_and_a_consultant_go_through_the_whole_loop(world: World) -> None:
    consultant = await world.consultant(hourly_rate=12_345)
    seeker = await world.seeker()
    slots = await consultant.offer(minutes=30, count=2)

    async def found() -> Any:
        items = (await seeker.get("/consultants", params={"search": consultant.user["last_name"]}))[
            "items"
        ]
        return items and items[0]["next_available_at"] is not None and items[0]

    card = await eventually(found)
    assert card["consultant_id"] == consultant.id
    assert "bio" not in card
    free = (await seeker.get(f"/consultants/{consultant.id}/availability"))["items"]
    assert [s["id"] for s in free] == [s["id"] for s in slots]

    booking = await seeker.request(consultant, slots[0], "About our ledger")
    assert booking["status"] == "requested"
    assert (booking["amount"], booking["commission_amount"]) == (6_173, 926)
    await consultant.accept(booking["id"])
    booking = await seeker.sees(booking["id"], status="confirmed")
    assert booking["payment_status"] == "authorized"
    assert booking["payment_intent_id"].startswith("pi_")

    await seeker.start(booking["id"])
    await longer_than_the_free_period(seeker, booking["id"])
    ended = await consultant.end(booking["id"])
    assert ended["status"] == "completed"
    assert ended["duration_seconds"] >= 2
    await seeker.sees(booking["id"], payment_status="captured")

    async def paid_out() -> Any:
        payout = await consultant.payout_of(booking["id"])
        return payout and payout["status"] == "paid" and payout

    payout = await eventually(paid_out)
    assert (payout["gross_amount"], payout["commission_amount"], payout["amount"]) == (
        6_173,
        926,
        5_247,
    )
    payment = (await seeker.get("/payments/history"))["items"][0]
    assert (payment["booking_id"], payment["amount"], payment["status"]) == (
        booking["id"],
        6_173,
        "captured",
    )

    rating = await seeker.rate(booking["id"], 5, "Worth every minute")
    assert rating["score"] == 5

    async def rated() -> Any:
        profile = await seeker.get(f"/consultants/{consultant.id}/profile")
        return profile["rating_count"] == 1 and profile["average_rating"] == 5.0

    await eventually(rated)
    ratings = (await seeker.get(f"/consultants/{consultant.id}/ratings"))["items"]
    assert ratings[0]["seeker_first_name"] == "Ada"
    await _agrees_with_stripe(world, booking["id"], captured=6_173, transferred=5_247)


async def _agrees_with_stripe(
    world: World, booking_id: Any, *, captured: Any, transferred: Any
) -> None:
    intents = [
        i
        for i in await world.stripe_list("/v1/payment_intents")
        if i["transfer_group"] == booking_id
    ]
    assert [i["amount_received"] for i in intents] == [captured]
    transfers = await world.stripe_list("/v1/transfers", transfer_group=booking_id)
    assert [t["amount"] for t in transfers] == [transferred]


async def test_a_session_within_the_free_period_costs_nothing(world: World) -> None:
    consultant, seeker = await world.consultant(), await world.seeker()
    booking = await confirmed(seeker, consultant)
    await consultant.start(booking["id"])
    assert (await seeker.end(booking["id"]))["status"] == "completed"
    await seeker.sees(booking["id"], payment_status="released")
    assert await consultant.payout_of(booking["id"]) is None
    intents = [
        i
        for i in await world.stripe_list("/v1/payment_intents")
        if i["transfer_group"] == booking["id"]
    ]
    assert [(i["status"], i["amount_received"]) for i in intents] == [("canceled", 0)]


async def test_everything_that_happened_is_in_the_timeline(world: World) -> None:
    consultant, seeker = await world.consultant(), await world.seeker()
    booking = await confirmed(seeker, consultant)
    await seeker.start(booking["id"])
    await longer_than_the_free_period(seeker, booking["id"])
    await seeker.end(booking["id"])
    await seeker.sees(booking["id"], payment_status="captured")

    async def whole() -> Any:
        events = await seeker.timeline(booking["id"])
        return "payout.sent" in events and events

    events = await eventually(whole)
    assert await consultant.timeline(booking["id"]) == events
