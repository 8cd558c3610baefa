"""docker-compose.yml passes every setting of a program to its containers, as .env sets it."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

import msgspec
import pytest
import yaml

from deploy.local.settings import ROOT
from gateway.settings import GatewaySettings
from shared.services import SERVICES
from shared.settings import CommonSettings

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
EXAMPLE = (ROOT / ".env.example").read_text()
# Files of the image, and settings that only tests and other stand-ins for Stripe change.
NOT_FOR_CONTAINERS = {
    "EVENTS_POLL_SECONDS",
    "LEGAL_ROOT",
    "RECEIPT_FONT",
    "SIGNING_KEY_LEAD_SECONDS",
    "STRIPE_JS_URL",
    "STRIPE_TIMEOUT_SECONDS",
    "WEB_ROOT",
}
PROGRAMS = (*SERVICES, "gateway")


def settings_of(program: str) -> type[CommonSettings]:
    if program == "gateway":
        return GatewaySettings
    found: type[CommonSettings] = import_module(f"services.{program}.app").SETTINGS
    return found


def environment_of(program: str) -> dict[str, Any]:
    found: dict[str, Any] = COMPOSE[program]["environment"]
    return found


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_setting_reaches_its_container(program: str) -> None:
    wanted = {field.name.upper() for field in msgspec.structs.fields(settings_of(program))}
    assert wanted - NOT_FOR_CONTAINERS - set(environment_of(program)) == set()


@pytest.mark.parametrize("program", PROGRAMS)
def test_defaults_are_those_of_the_program(program: str) -> None:
    """Without any settings, the documented defaults of the programs apply."""
    for field in msgspec.structs.fields(settings_of(program)):
        text = str(environment_of(program).get(field.name.upper(), ""))
        found = re.fullmatch(r"\$\{[A-Z_]+:-(.+)\}", text)
        if found and isinstance(field.default, int):
            assert int(found[1]) == field.default, field.name


def test_only_the_services_know_the_brokers_password() -> None:
    knowing = {
        name for name, one in COMPOSE.items() if "RABBITMQ_PASSWORD" in str(one.get("environment"))
    }
    assert knowing == {*SERVICES, "rabbitmq"}


def test_what_can_be_set_is_in_the_example() -> None:
    """Every line of .env.example is read by something."""
    text = (ROOT / "docker-compose.yml").read_text()
    read = set(re.findall(r"\$\{([A-Z0-9_]+)", text)) | {"COMPOSE_PROFILES"}
    shown = set(re.findall(r"^([A-Z0-9_]+)=", EXAMPLE, re.MULTILINE))
    assert shown <= read


def test_every_variable_is_in_the_example_with_its_default() -> None:
    """Set, or commented out if it is seldom changed."""
    text = (ROOT / "docker-compose.yml").read_text()
    defaults = dict(re.findall(r"\$\{([A-Z0-9_]+)(?::[-?]([^}]*))?\}", text))
    shown = dict(re.findall(r"^(?:# )?([A-Z0-9_]+)=(.*)$", EXAMPLE, re.MULTILINE))
    assert set(defaults) - set(shown) == set()
    commented = dict(re.findall(r"^# ([A-Z0-9_]+)=(\S*)$", EXAMPLE, re.MULTILINE))
    assert commented == {name: defaults[name] for name in commented}


def test_relays_ports_are_published_and_nobody_elses() -> None:
    """Linux gives the ports from 32768 to 60999 to clients: one that is taken when the container
    starts keeps it from starting.
    """
    text = (ROOT / "deploy/turn/turnserver.conf").read_text()
    first, last = (
        int(re.findall(rf"^{name}-port=(\d+)$", text, re.MULTILINE)[0]) for name in ("min", "max")
    )
    published = [line.partition(":")[2] for line in COMPOSE["turn"]["ports"]]
    assert any(line.endswith(f"{first}-{last}:{first}-{last}/udp") for line in published)
    assert 60_999 < first < last < 65_536
