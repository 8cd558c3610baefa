"""Outages of the broker (for all replicas or one) and of services: requests succeed or fail with a
named error, and events arrive afterwards.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from shared.services import SERVICES
from shared.testing import Relay, eventually
from tests.people import World
from tests.replicas import Replica
from tests.stack import Stack


@pytest.fixture(scope="module")
def stack(run_directory: Path) -> Iterator[Any]:
    running = Stack(run_directory / "outages")
    try:
        yield running.up()
    finally:
        running.down()


class Frozen:
    """Stops processes of a stack without ending them, and continues them."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._pids: list[int] = []

    def freeze(self, name: str) -> None:
        """Stops that process with SIGSTOP: an outage that no supervisor ends."""
        self._pids.append(int(self._stack.processes()[name]["pid"]))
        os.kill(self._pids[-1], signal.SIGSTOP)

    def thaw(self) -> None:
        """Continues all of them."""
        while self._pids:
            os.kill(self._pids.pop(), signal.SIGCONT)


@pytest.fixture
def frozen(stack: Stack) -> Iterator[Frozen]:
    """Freezes processes; all are continued at the end."""
    made = Frozen(stack)
    yield made
    made.thaw()


async def test_without_a_broker_requests_succeed_and_events_flow_later(
    world: World, frozen: Frozen
) -> None:
    consultant, seeker = await world.consultant(), await world.seeker()
    slot = (await consultant.offer())[0]
    await asyncio.to_thread(frozen.freeze, "rabbitmq")
    booking = await seeker.request(consultant, slot)
    assert (await consultant.accept(booking["id"]))["status"] == "accepted"
    await asyncio.sleep(20)  # the length of the outage
    assert (await seeker.booking(booking["id"]))["status"] == "accepted"
    await asyncio.to_thread(frozen.thaw)
    await seeker.sees(booking["id"], within=60, status="confirmed")


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_that_is_down_is_a_503_within_two_seconds_and_the_others_work(
    world: World, stack: Stack, service: Any
) -> None:
    person = await world.seeker(card=None)
    paths = {
        "identity": "/users/me",
        "directory": "/consultants",
        "booking": "/bookings/me",
        "payments": "/payments/history",
        "notifications": "/notifications",
    }
    for path in paths.values():  # and all know the keys that identity signs with
        assert (await person.call("GET", path)).status_code == 200, path
    pid = int((await asyncio.to_thread(stack.processes))[service]["pid"])
    # Killed repeatedly for a while, so that the processes that the supervisor starts do not help.
    seen = None
    for _ in range(40):
        answer = await asyncio.wait_for(person.call("GET", paths[service]), 4)
        if answer.status_code == 503:
            seen = answer
            break
        pid = int((await asyncio.to_thread(stack.processes))[service]["pid"] or 0)
        if pid:
            os.kill(pid, signal.SIGKILL)
    assert seen is not None
    assert seen.headers["content-type"] == "application/problem+json"
    assert int(seen.headers["retry-after"]) >= 1
    for other, path in paths.items():
        if other != service:
            assert (await person.call("GET", path)).status_code == 200, other

    async def back() -> Any:
        return (await person.call("GET", paths[service])).status_code == 200

    await eventually(back, within=60)


@pytest.fixture
async def relay(stack: Stack) -> AsyncIterator[Any]:
    """A relay between one replica and the broker."""
    place = urlsplit(stack.published["amqp"])
    async with Relay(place.hostname, place.port) as made:
        yield made


@pytest.fixture
async def replica(stack: Stack, relay: Any) -> AsyncIterator[Any]:
    """A second replica of booking, connected to the broker through `relay`."""
    place = urlsplit(stack.published["amqp"])
    netloc = f"{place.username}:{place.password}@127.0.0.1:{relay.port}"
    made = Replica(stack, "booking", 2, AMQP_URL=place._replace(netloc=netloc).geturl())
    await made.start()
    yield made
    made.kill()


async def says(replica: Any, broker: Any) -> None:
    """Waits until the replica reports this state of its broker; it serves requests regardless."""

    async def so() -> Any:
        async with httpx.AsyncClient(timeout=5) as http:
            answer = await http.get(f"{replica.url}/health/ready")
        return answer.status_code == 200 and answer.json()["dependencies"]["broker"] == broker

    await eventually(so, within=60, every=0.2)


async def test_a_replica_cut_off_from_the_broker_is_helped_by_its_sibling(
    world: World, relay: Any, replica: Any
) -> None:
    consultant, seeker = await world.consultant(), await world.seeker()
    slots = await consultant.offer(count=3)

    async def booked(slot: Any) -> Any:
        """Requests and accepts a booking through the replica."""
        body = {"consultant_id": consultant.id, "slot_id": slot["id"]}
        booking = await seeker.post(f"{replica.url}/bookings", body)
        await consultant.post(f"{replica.url}/bookings/{booking['id']}/accept")
        return booking["id"]

    await says(replica, "up")
    await seeker.sees(await booked(slots[0]), status="confirmed", within=60)
    relay.cut()
    await says(replica, "down")
    await seeker.sees(await booked(slots[1]), status="confirmed", within=60)
    relay.restore()
    await says(replica, "up")
    await seeker.sees(await booked(slots[2]), status="confirmed", within=60)
