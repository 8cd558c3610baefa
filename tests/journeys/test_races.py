"""Concurrent requests: exactly one succeeds, and the others get the reason."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.people import World, confirmed, longer_than_the_free_period


def count(answers: Any) -> Any:
    codes: dict[int, int] = {}
    for answer in answers:
        codes[answer.status_code] = codes.get(answer.status_code, 0) + 1
    return codes


async def test_forty_requests_for_one_slot_make_one_booking(world: World) -> None:
    consultant = await world.consultant(onboarded=False)
    slot = (await consultant.offer())[0]
    seekers = await asyncio.gather(*(world.seeker(card=None) for _ in range(40)))
    body = {"consultant_id": consultant.id, "slot_id": slot["id"]}
    answers = await asyncio.gather(*(s.call("POST", "/bookings", json=body) for s in seekers))
    assert count(answers) == {201: 1, 409: 39}
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"slot_unavailable"}


async def test_a_seeker_cannot_be_in_two_sessions_at_once(world: World) -> None:
    seeker = await world.seeker(card=None)
    consultants = await asyncio.gather(*(world.consultant(onboarded=False) for _ in range(6)))
    slots = [(c, (await c.offer())[0]) for c in consultants]
    answers = await asyncio.gather(
        *(
            seeker.call("POST", "/bookings", json={"consultant_id": c.id, "slot_id": s["id"]})
            for c, s in slots
        )
    )
    assert count(answers) == {201: 1, 409: 5}
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"seeker_busy"}


async def test_two_answers_to_one_request(world: World) -> None:
    consultant, seeker = await world.consultant(), await world.seeker()
    booking = await seeker.request(consultant, (await consultant.offer())[0])
    path = f"/bookings/{booking['id']}"
    answers = await asyncio.gather(
        *(consultant.call("POST", f"{path}/accept") for _ in range(5)),
        *(consultant.call("POST", f"{path}/decline") for _ in range(5)),
    )
    assert sorted(count(answers).values()) == [1, 9]
    assert all(a.json()["code"] == "invalid_transition" for a in answers if a.status_code == 409)


async def test_ending_twice_charges_once(world: World) -> None:
    consultant, seeker = await world.consultant(), await world.seeker()
    booking = await confirmed(seeker, consultant)
    await seeker.start(booking["id"])
    await longer_than_the_free_period(seeker, booking["id"])
    path = f"/bookings/{booking['id']}/end"
    answers = await asyncio.gather(*(p.call("POST", path) for p in (seeker, consultant) * 4))
    assert count(answers) == {200: 1, 409: 7}
    await seeker.sees(booking["id"], payment_status="captured")
    intent = (await seeker.booking(booking["id"]))["payment_intent_id"]
    captures = [
        request
        for request in (await world.stripe.get("/_sandbox/requests")).json()
        if request["path"] == f"/v1/payment_intents/{intent}/capture"
    ]
    assert len({r["idempotency_key"] for r in captures}) == 1
