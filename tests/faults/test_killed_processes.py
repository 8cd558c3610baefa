"""Processes are killed at any moment: nothing is lost or charged twice, and every saga ends.

Bookings are sent through the whole loop while, again and again, one process is killed with SIGKILL.
Then the dust settles, and booking, payments and Stripe must tell the same story, to the cent.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.testing import eventually
from tests.people import World
from tests.stack import Stack

VICTIMS = (
    "booking",
    "payments",
    "gateway",
    "identity",
    "directory",
    "notifications",
    "stripe-sandbox",
    "rabbitmq",
    "postgres",
)
# After a missing response or a 503, a client retries with the same Idempotency-Key.
AGAIN = (httpx.TransportError,)


@pytest.fixture(scope="module")
def stack(run_directory: Path) -> Iterator[Any]:
    running = Stack(run_directory / "faults", START_EARLY_SECONDS="7200")
    try:
        yield running.up()
    finally:
        running.down()


async def insist(
    person: Any, method: Any, path: Any, body: Any = None, *, key: Any = None, within: int = 90
) -> Any:
    """Calls until the application itself responds. 409 counts as a response, because the first
    attempt may have succeeded.
    """
    headers = {"idempotency-key": key} if key else {}

    async def answered() -> Any:
        try:
            answer = await person.call(
                method, path, headers=headers, **({"json": body} if body is not None else {})
            )
        except AGAIN:
            return None
        return answer if answer.status_code < 500 and answer.status_code != 429 else None

    return await eventually(answered, within=within, every=0.2)


async def one_loop(seeker: Any, consultant: Any, slot: Any, number: Any) -> Any:
    """Requests, accepts, starts and ends a booking after the free period; returns its id."""
    body = {"consultant_id": consultant.id, "slot_id": slot["id"]}
    answer = await insist(seeker, "POST", "/bookings", body, key=f"request-{number}")
    assert answer.status_code == 201, answer.text
    id = answer.json()["id"]
    path = f"/bookings/{id}"

    async def is_(status: Any) -> None:
        last = None

        async def reached() -> Any:
            nonlocal last
            last = (await insist(seeker, "GET", path)).json()
            return last["status"] == status

        try:
            await eventually(reached, within=150, every=0.1)
        except AssertionError:
            timeline = (await insist(seeker, "GET", f"{path}/timeline")).json()["items"]
            raise AssertionError(f"never {status}: {last}\n{timeline}") from None

    await insist(consultant, "POST", f"{path}/accept", key=f"accept-{number}")
    await is_("confirmed")
    await insist(seeker, "POST", f"{path}/start", key=f"start-{number}")
    await is_("in_progress")
    await asyncio.sleep(
        2.2
    )  # longer than the free period: it is the session's length that is wanted, not luck
    await insist(consultant, "POST", f"{path}/end", key=f"end-{number}")
    await is_("completed")
    return id


async def settled(seeker: Any, consultant: Any, id: Any) -> Any:
    """The booking once its payout has been sent, however long that takes."""

    async def done() -> Any:
        booking = (await insist(seeker, "GET", f"/bookings/{id}")).json()
        if booking["payment_status"] != "captured":
            return None
        payouts = (await insist(consultant, "GET", "/payments/payouts?limit=100")).json()["items"]
        return any(p["booking_id"] == id and p["status"] == "paid" for p in payouts) and booking

    return await eventually(done, within=150, every=0.2)


@pytest.mark.parametrize("victim", VICTIMS)
async def test_a_process_is_killed_in_the_middle_of_everything(
    stack: Stack, world: World, victim: Any
) -> None:
    consultant = await world.consultant(hourly_rate=10_001)
    seekers = [await world.seeker() for _ in range(4)]
    slots = await consultant.offer(minutes=15, starts_in=timedelta(minutes=2), count=4)
    loops = [
        asyncio.create_task(one_loop(s, consultant, slot, f"{victim}-{k}"))
        for k, (s, slot) in enumerate(zip(seekers, slots, strict=True))
    ]
    moments = random.Random(victim)
    for _ in range(3):
        await asyncio.sleep(moments.uniform(0.05, 1.5))
        killed = await asyncio.to_thread(stack.kill, victim)
        await stack.restarts(victim, killed)
    ids = await asyncio.gather(*loops)
    for seeker, id in zip(seekers, ids, strict=True):
        booking = await settled(seeker, consultant, id)
        await the_money_is_right(world, booking)


async def the_money_is_right(world: World, booking: Any) -> None:
    intents = [
        i
        for i in await world.stripe_list("/v1/payment_intents")
        if i["transfer_group"] == booking["id"]
    ]
    assert sum(i["amount_received"] for i in intents) == booking["amount"]
    assert [i["status"] for i in intents if i["status"] != "canceled"] == ["succeeded"]
    transfers = await world.stripe_list("/v1/transfers", transfer_group=booking["id"])
    assert [t["amount"] for t in transfers] == [booking["amount"] - booking["commission_amount"]]
