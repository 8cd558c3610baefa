"""The broker or the database is away for a while: requests still succeed, or fail by name, and
events flow when it is back.
"""

import asyncio
import os
import signal

import pytest

from shared.testing import eventually
from tests.people import World
from tests.stack import Stack


@pytest.fixture(scope="module")
def stack(run_directory):
    running = Stack(run_directory / "outages")
    try:
        yield running.up()
    finally:
        running.down()


@pytest.fixture
async def world(stack):
    told = stack.told
    made = World(told["gateway"], told["stripe_sandbox"], told["stripe_secret_key"])
    await eventually(made.is_ready, within=90)
    yield made
    await made.close()


@pytest.fixture
def frozen(stack):
    """Stops processes where they stand (SIGSTOP), which is an outage that no supervisor mends; all
    go on at the end.
    """
    pids = []

    def freeze(name):
        pids.append(int(stack.processes()[name]["pid"]))
        os.kill(pids[-1], signal.SIGSTOP)

    def thaw():
        while pids:
            os.kill(pids.pop(), signal.SIGCONT)

    freeze.thaw = thaw
    yield freeze
    thaw()


@pytest.mark.timeout(300)
async def test_without_a_broker_requests_succeed_and_events_flow_later(world, frozen):
    consultant, seeker = await world.consultant(), await world.seeker()
    slot = (await consultant.offer())[0]
    await asyncio.to_thread(frozen, "rabbitmq")
    booking = await seeker.request(consultant, slot)
    assert (await consultant.accept(booking["id"]))["status"] == "accepted"
    await asyncio.sleep(20)  # the length of the outage
    assert (await seeker.booking(booking["id"]))["status"] == "accepted"
    await asyncio.to_thread(frozen.thaw)
    await seeker.sees(booking["id"], within=60, status="confirmed")


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "service", ["identity", "directory", "booking", "payments", "notifications"]
)
async def test_a_service_that_is_down_is_a_503_within_two_seconds_and_the_others_work(
    world, stack, service
):
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
    # Dead again and again for a while, so that the supervisor's new ones do not count.
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

    async def back():
        return (await person.call("GET", paths[service])).status_code == 200

    await eventually(back, within=60)
