"""Three replicas of the loaded services, behind the balancer; afterwards the books are reconciled,
and everything is removed without a trace.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest

from shared.services import SERVICES
from shared.testing import eventually
from shared.testing.ports import free_port
from tests.compose.engine import run
from tests.compose.work import loops
from tests.faults.test_killed_processes import the_money_is_right
from tests.faults.test_rolling_restarts import sessions

pytestmark = pytest.mark.timeout(1800)

SCALED = ("booking", "payments", "gateway")


@pytest.fixture(scope="module")
def scaled(compose: Any) -> Any:
    """The profile "balancer" with three of each of SCALED, as in .env.example."""
    compose.set(
        COMPOSE_PROFILES="sandbox,balancer",
        PORT="0",
        BALANCER_PORT=str(free_port()),
        TRUSTED_PROXIES="172.16.0.0/12,192.168.0.0/16,10.0.0.0/8",
    )
    compose("up", "-d", *(part for name in SCALED for part in ("--scale", f"{name}=3")))
    for name in SCALED:
        assert len(compose.containers(name)) == 3
    return compose


async def test_three_of_each_do_the_loop_under_load(scaled: Any, open_world: Any) -> None:
    world = await open_world("balancer")
    await asyncio.gather(*[await loops(world, f"scaled-{k}") for k in range(4)])


async def test_killed_replicas_are_not_missed(scaled: Any, open_world: Any) -> None:
    world = await open_world("balancer")
    underway = await loops(world, "replicas", count=4)
    for name in SCALED:
        await asyncio.to_thread(scaled.kill, scaled.containers(name)[0])
    await underway


async def test_rolling_restart_refuses_nobody(scaled: Any, open_world: Any) -> None:
    world = await open_world("balancer")
    before = {name: set(scaled.containers(name)) for name in (*SERVICES, "gateway")}
    stop = asyncio.Event()
    working = [asyncio.create_task(sessions(world, stop)) for _ in range(2)]
    try:
        await asyncio.to_thread(scaled.script, "roll", *before)
    finally:
        stop.set()
    done = [booking for each in await asyncio.gather(*working) for booking in each]
    assert done
    for name, containers in before.items():
        now = set(scaled.containers(name))
        assert len(now) == len(containers)
        assert not now & containers
    for booking in done:
        await the_money_is_right(world, booking)


async def test_nobody_was_charged_twice_and_all_books_agree(scaled: Any, open_world: Any) -> None:
    world = await open_world("balancer")
    intents = await world.stripe_list("/v1/payment_intents")
    charged = [i["transfer_group"] for i in intents if i["amount_received"]]
    assert charged
    assert len(charged) == len(set(charged))
    asked = (await world.stripe.get("/_sandbox/requests", params={"method": "POST"})).json()
    keys = [
        one["idempotency_key"]
        for one in asked
        if one["path"].startswith(("/v1/payment_intents", "/v1/transfers"))
    ]
    assert keys
    assert None not in keys

    said = ""

    def one_off(service: Any, module: Any, *arguments: Any, **more: Any) -> Any:
        # `exec` of docker-compose 1.29 finds only the container with number 1, which has been
        # replaced.
        return scaled(
            "run", "--rm", "-T", "--no-deps", service, "python", "-m", module, *arguments, **more
        )

    async def agree() -> Any:
        nonlocal said
        said = await asyncio.to_thread(
            one_off, "payments", "services.payments.reconcile", check=False
        )
        return "ledger and Stripe agree" in said

    with contextlib.suppress(AssertionError):
        await eventually(agree, within=60, every=2)
    assert "ledger and Stripe agree" in said
    letters = one_off("booking", "shared.dead_letters", "list")
    assert letters.splitlines() == ["0 dead letters", "0 refused events"]


def test_down_leaves_nothing(scaled: Any) -> None:
    scaled.down()
    label = f"label=com.docker.compose.project={scaled.project}"
    for kind in (["ps", "-a"], ["volume", "ls"], ["network", "ls"]):
        assert run("docker", *kind, "-q", "--filter", label) == "", kind
