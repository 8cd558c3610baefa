"""The operators' stack, from the build to the end: what is in it, what it survives, and that the
money is right afterwards.

`make test-compose` runs this with docker-compose; COMPOSE="docker compose" make test-compose with
the plug-in.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.local.settings import ROOT
from shared.testing import eventually
from tests.compose.engine import free_port, run
from tests.faults.test_killed_processes import one_loop, settled, the_money_is_right
from tests.faults.test_rolling_restarts import sessions
from tests.people import World

pytestmark = pytest.mark.timeout(1800)

SERVICES = ("identity", "directory", "booking", "payments", "notifications")
OURS = (*SERVICES, "gateway", "stripe-sandbox", "mail-sandbox")
RUNNING = (*OURS, "postgres", "rabbitmq")
SCALED = ("booking", "payments", "gateway")
LARGEST_IMAGE = 250_000_000


# ---- what is there


def test_everything_runs_healthy_and_only_the_gateway_is_published(compose: Any) -> None:
    services = compose.services()
    assert set(services) == {*RUNNING, "migrate"}
    assert services["migrate"][0]["State"]["ExitCode"] == 0
    published = {
        (name, binding["HostIp"])
        for name, containers in services.items()
        for one in containers
        for bindings in one["NetworkSettings"]["Ports"].values()
        for binding in bindings or []
    }
    assert published == {("gateway", "127.0.0.1")}


async def test_health_checks_see_it_all_well(compose: Any) -> None:
    async def healthy() -> Any:
        found = {
            name: one["State"]["Health"]["Status"]
            for name, containers in compose.services().items()
            if name != "migrate"
            for one in containers
        }
        return set(found.values()) == {"healthy"}

    await eventually(healthy, within=120, every=1)


def test_containers_have_no_privilege_and_bounds(compose: Any) -> None:
    for name, (one,) in compose.services().items():
        host, user = one["HostConfig"], one["Config"]["User"]
        assert host["ReadonlyRootfs"], name
        assert host["Memory"] > 0, name
        assert host["CapDrop"] == ["ALL"], name
        assert "no-new-privileges:true" in host["SecurityOpt"], name
        assert user not in ("", "root", "0"), name
        assert host["RestartPolicy"]["Name"] == ("no" if name == "migrate" else "unless-stopped"), (
            name
        )


@pytest.mark.parametrize("name", [*SERVICES, "gateway", "sandbox", "migrate"])
def test_image_is_small_and_has_its_own_things_only(compose: Any, name: Any) -> None:
    image = f"consultant-connect/{name}:{compose.settings()['TAG']}"
    assert json.loads(run("docker", "image", "inspect", image))[0]["Size"] < LARGEST_IMAGE
    listing = run(
        "docker",
        "run",
        "--rm",
        "--network=none",
        image,
        "sh",
        "-c",
        "ls /app /app/* /venv/lib/python*/*",
    )
    has = set(listing.split())
    assert ("stripe" in has) == (
        name == "payments" or name == "sandbox"
    )  # the sandbox's own package is called so
    assert ("bcrypt" in has) == (name == "identity")
    assert ("web" in has) == (name == "gateway")
    assert ("services" in has) == (name in (*SERVICES, "migrate"))
    for other in set(SERVICES) - {name}:
        assert (other in has) == (name == "migrate")
    assert not has & {"pytest", "tests", "testing.py", "node_modules"}


async def test_stripes_keys_are_known_to_payments_and_the_sandbox_alone(compose: Any) -> None:
    secret = compose.settings()["STRIPE_SECRET_KEY"]
    knowing = {
        name
        for name, (one,) in compose.services().items()
        if any(secret in line for line in one["Config"]["Env"])
    }
    assert knowing == {"payments", "stripe-sandbox"}


async def test_web_app_and_its_card_form_come_through_the_one_port(
    world: World, strangers: Any
) -> None:
    page = await world.http.get("/", headers={"accept": "text/html"})
    assert '<div id="root">' in page.text
    script = (await world.http.get("/config.json")).json()["stripe_js_url"]
    answer = await strangers.get(script)
    assert answer.status_code == 200
    assert "window.Stripe" in answer.text
    assert (await world.http.get("/metrics")).status_code == 404


@pytest.mark.parametrize("command", [["docker-compose"], ["docker", "compose"]])
def test_missing_secret_is_named_with_what_to_do(command: Any, tmp_path: Path) -> None:
    if subprocess.run(
        [*command, "version"], capture_output=True
    ).returncode != 0 or not shutil.which(command[0]):
        pytest.skip(f"{' '.join(command)} is not installed")
    text = (ROOT / ".env.example").read_text()
    (tmp_path / "env").write_text(text)
    names = {line.partition("=")[0] for line in text.splitlines() if "=" in line}
    environment = {name: value for name, value in os.environ.items() if name not in names}
    done = subprocess.run(
        [*command, "--env-file", str(tmp_path / "env"), "config", "-q"],
        capture_output=True, text=True, cwd=ROOT, env=environment,
    )  # fmt: skip
    assert done.returncode != 0
    assert "PASSWORD" in done.stderr
    assert "run sh deploy/compose/make-env.sh" in done.stderr


# ---- what it does


async def loops(world: World, name: Any, count: int = 3) -> Any:
    """So many bookings at once through the whole loop, each to its last cent; as a task that is
    awaited when the trouble is over.
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

    return asyncio.create_task(all_of_them())


async def test_the_whole_loop_through_the_published_port(world: World) -> None:
    await (await loops(world, "first"))


@pytest.mark.parametrize("victim", RUNNING)
async def test_killed_container_comes_back_and_nothing_is_lost(
    compose: Any, world: World, victim: Any
) -> None:
    underway = await loops(world, f"kill-{victim}")
    await asyncio.sleep(0.7)  # in the middle of it
    (before,) = compose.services()[victim]
    await asyncio.to_thread(compose.kill, before["Id"])

    async def back() -> Any:
        (now,) = (await asyncio.to_thread(compose.services))[victim]
        return (
            now["RestartCount"] > before["RestartCount"]
            and now["State"]["Health"]["Status"] == "healthy"
        )

    await eventually(back, within=120, every=1)
    assert before["Id"] in compose.containers(victim)  # the same one, by its restart policy
    await underway


@pytest.mark.parametrize("server", ["rabbitmq", "postgres"])
async def test_restarted_server_loses_nothing(compose: Any, world: World, server: Any) -> None:
    underway = await loops(world, f"restart-{server}")
    await asyncio.sleep(0.7)
    await asyncio.to_thread(compose, "restart", server)
    await underway


async def test_backup_is_restored(compose: Any, world: World, tmp_path: Path) -> None:
    kept = await world.consultant(hourly_rate=7_777)
    await asyncio.to_thread(compose.script, "backup", str(tmp_path / "backup"))
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0
    lost = await world.consultant(hourly_rate=8_888)
    await asyncio.to_thread(compose.script, "restore", str(tmp_path / "backup"))
    await eventually(world.is_ready, within=180, every=0.5)
    assert (await kept.get(f"/consultants/{kept.id}/profile"))["hourly_rate"] == 7_777
    assert (await kept.call("GET", f"/consultants/{lost.id}/profile")).status_code == 404
    await (await loops(world, "restored", count=1))


# ---- three of what carries the load; from here on through the balancer


@pytest.fixture(scope="module")
def scaled(compose: Any) -> Any:
    """The profile "balancer" and three of each of SCALED, as .env.example says."""
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


# ---- what is left


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
        # `exec` of docker-compose 1.29 finds the container that is numbered 1 only, and that one
        # has been replaced.
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
    assert letters.splitlines()[-1] == "0 dead letters", letters


def test_down_leaves_nothing(scaled: Any) -> None:
    scaled.down()
    label = f"label=com.docker.compose.project={scaled.project}"
    for kind in (["ps", "-a"], ["volume", "ls"], ["network", "ls"]):
        assert run("docker", *kind, "-q", "--filter", label) == "", kind
