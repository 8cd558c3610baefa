"""Rolling restarts of three replicas of every service and of the gateway under load: no request
fails, and the ledger matches Stripe.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.services import SERVICES
from shared.testing import eventually
from tests.people import World, longer_than_the_free_period
from tests.replicas import START_WITHIN, Balancer, Fleet, is_ready
from tests.stack import Stack

PAIRS = 3


@pytest.fixture(scope="module")
def stack(run_directory: Path) -> Iterator[Any]:
    running = Stack(run_directory / "rolling", START_EARLY_SECONDS="31536000", DRAIN_SECONDS="5")
    try:
        yield running.up()
    finally:
        running.down()


@pytest.fixture
async def fleet(stack: Stack) -> AsyncIterator[Any]:
    made = Fleet(stack, 3)
    try:
        await made.start()
        yield made
    finally:
        made.kill()


@pytest.fixture
async def world(stack: Stack, fleet: Fleet) -> AsyncIterator[Any]:
    published = stack.published
    made = World(published["gateway"], published["stripe_sandbox"], published["stripe_secret_key"])
    await made.http.aclose()
    balancer = Balancer([gateway.url for gateway in fleet.gateways])
    made.http = httpx.AsyncClient(transport=balancer, base_url=published["gateway"], timeout=30)
    await eventually(made.is_ready, within=90)
    yield made
    await made.close()


async def restart(stack: Stack, fleet: Fleet, name: Any) -> None:
    """Restarts the replicas of a program one by one, each when the previous one is ready again."""
    for replica in [r for r in (*fleet.services, *fleet.gateways) if r.program == name]:
        print(f"{datetime.now(UTC)} {name} at {replica.url} is to leave")
        assert await replica.stop() == 0, replica.said[-2000:]
        print(f"{datetime.now(UTC)} it has left")
        await replica.start()
    if name in SERVICES:
        before = (await asyncio.to_thread(stack.processes))[name]["pid"]
        os.kill(before, signal.SIGTERM)

        async def again() -> Any:
            process = (await asyncio.to_thread(stack.processes))[name]
            return process["pid"] not in (None, before) and await is_ready(
                stack.published["services"][name]
            )

        await eventually(again, within=START_WITHIN, every=0.2)


async def sessions(world: World, stop: Any) -> Any:
    """One seeker and one consultant, who hold sessions until `stop`. Every call must succeed at the
    first attempt.
    """
    consultant, seeker = await world.consultant(hourly_rate=10_001), await world.seeker()
    done: list[dict[str, Any]] = []
    while not stop.is_set():
        starts_in = timedelta(minutes=10 + 20 * len(done))
        slot = (await consultant.offer(minutes=15, starts_in=starts_in))[0]
        booking = await seeker.request(consultant, slot)
        await consultant.accept(booking["id"])
        await seeker.sees(booking["id"], status="confirmed", within=60)
        await seeker.start(booking["id"])
        await longer_than_the_free_period(seeker, booking["id"])
        await consultant.end(booking["id"])
        done.append(await seeker.sees(booking["id"], payment_status="captured", within=60))
    return done


@pytest.mark.timeout(900)
async def test_rolling_restarts_under_load_lose_no_request(
    stack: Stack, fleet: Fleet, world: World
) -> None:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        load = [group.create_task(sessions(world, stop)) for _ in range(PAIRS)]
        for name in (*SERVICES, "gateway"):
            await restart(stack, fleet, name)
        stop.set()
    bookings = [booking for task in load for booking in task.result()]
    assert len(bookings) >= PAIRS
    intents = await world.stripe_list("/v1/payment_intents")
    for booking in bookings:
        charged = [
            i for i in intents if i["transfer_group"] == booking["id"] and i["status"] != "canceled"
        ]
        assert [(i["status"], i["amount_received"]) for i in charged] == [
            ("succeeded", booking["amount"])
        ]
