"""Load for a stack of containers, and checks of its data."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from shared.services import SERVICES
from shared.testing import eventually
from tests.faults.test_killed_processes import one_loop, settled, the_money_is_right
from tests.people import World

OURS = (*SERVICES, "gateway", "stripe-sandbox", "mail-sandbox")
RUNNING = (*OURS, "postgres", "rabbitmq")


async def loops(world: World, name: Any, count: int = 3) -> Any:
    """Runs `count` bookings concurrently through the whole loop and checks each to the cent, in a
    task that is awaited when the failure is over. Returns it as soon as the first was requested.
    """
    consultant = await world.consultant(hourly_rate=10_001)
    seekers = [await world.seeker() for _ in range(count)]
    slots = await consultant.offer(minutes=15, starts_in=timedelta(minutes=30), count=count)

    async def one(number: Any, seeker: Any, slot: Any) -> None:
        id = await one_loop(seeker, consultant, slot, f"{name}-{number}")
        await the_money_is_right(world, await settled(seeker, consultant, id))

    async def all_of_them() -> None:
        await asyncio.gather(
            *(one(k, *pair) for k, pair in enumerate(zip(seekers, slots, strict=True)))
        )

    underway = asyncio.create_task(all_of_them())

    async def requested() -> Any:
        return underway.done() or (await consultant.get("/bookings/me"))["items"]

    await eventually(requested, within=60)
    return underway
