"""The operators' stack: its containers, their images, their published ports and their secrets."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from deploy.local.settings import ROOT
from shared.services import SERVICES
from shared.testing import eventually
from tests.compose.engine import compose_commands, run
from tests.compose.work import RUNNING
from tests.people import World

pytestmark = pytest.mark.timeout(1800)

MAX_IMAGE_SIZE = 250_000_000


def test_everything_runs_and_only_gateway_and_mail_page_are_published(
    compose: Any,
) -> None:
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
    assert published == {("gateway", "127.0.0.1"), ("mail-sandbox", "127.0.0.1")}


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
        assert name == "migrate" or one["Config"]["Healthcheck"]["Test"], name
        assert host["RestartPolicy"]["Name"] == ("no" if name == "migrate" else "unless-stopped"), (
            name
        )


IMAGES = (*SERVICES, "gateway", "sandbox", "mail-sandbox", "migrate")


@pytest.mark.parametrize("name", IMAGES)
def test_image_is_small_and_has_its_own_things_only(compose: Any, name: str) -> None:
    image = f"consultant-connect/{name}:{compose.settings()['TAG']}"
    assert described(image)["Size"] < MAX_IMAGE_SIZE
    has = set(within(image, "ls /app /app/* /venv/lib/python*/*").split())
    # The name of the sandbox's own package.
    assert ("stripe" in has) == (name in ("payments", "sandbox"))
    assert ("bcrypt" in has) == (name == "identity")
    assert ("aiosmtplib" in has) == (name == "notifications")
    assert ("aiosmtpd" in has) == (name == "mail-sandbox")
    assert ("web" in has) == (name == "gateway")
    assert ("services" in has) == (name in (*SERVICES, "migrate"))
    for other in set(SERVICES) - {name}:
        assert (other in has) == (name == "migrate")
    assert not has & {"pytest", "tests", "testing", "node_modules", ".env", ".git"}


@pytest.mark.parametrize("name", [*IMAGES, "turn"])
def test_image_is_no_roots_and_knows_no_secret(compose: Any, name: str) -> None:
    image = f"consultant-connect/{name}:{compose.settings()['TAG']}"
    configuration = described(image)["Config"]
    assert configuration["User"] not in (None, "", "root", "0")
    assert int(within(image, "id -u")) != 0
    settings = compose.settings()
    secrets = {
        value
        for key, value in settings.items()
        if value and key.endswith(("PASSWORD", "SECRET", "_KEY"))
    }
    assert len(secrets) >= 14
    # The environment, and the command of every layer.
    known = f"{configuration['Env']} {run('docker', 'history', '--no-trunc', image)}"
    assert not [secret for secret in secrets if secret in known]


def test_gateways_image_writes_every_script(compose: Any) -> None:
    """It contains FriBiDi, which Pillow loads and its wheels lack."""
    image = f"consultant-connect/gateway:{compose.settings()['TAG']}"
    asked = "from gateway.site.picture import can_shape; print(can_shape())"
    assert within(image, f"python -c '{asked}'").strip() == "True"


def described(image: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("docker", "image", "inspect", image))[0]
    return found


def within(image: str, command: str) -> str:
    """The output of a shell command in a new container of that image."""
    return run("docker", "run", "--rm", "--network=none", "--entrypoint=sh", image, "-c", command)


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


def test_missing_secret_is_named_with_what_to_do(tmp_path: Path) -> None:
    text = (ROOT / ".env.example").read_text()
    (tmp_path / "env").write_text(text)
    names = {line.partition("=")[0] for line in text.splitlines() if "=" in line}
    environment = {name: value for name, value in os.environ.items() if name not in names}
    commands = compose_commands()
    assert commands
    for command in commands:
        done = subprocess.run(
            [*command, "--env-file", str(tmp_path / "env"), "config", "-q"],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=environment,
        )
        assert done.returncode != 0, command
        assert "PASSWORD" in done.stderr
        assert "run sh deploy/compose/make-env.sh" in done.stderr
