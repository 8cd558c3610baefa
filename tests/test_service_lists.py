"""What lists the services by hand lists all of them: CONTRIBUTING.md, "Add a service"."""

from __future__ import annotations

import re
import tomllib

import msgspec
import pytest
import yaml

from deploy.local import secrets
from deploy.local.programs import NAMES, PORTS
from deploy.local.settings import ROOT
from gateway.openapi import DOCUMENT
from gateway.settings import GatewaySettings
from shared.serve import PROGRAMS
from shared.services import SERVICES

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def text(path: str) -> str:
    return (ROOT / path).read_text()


@pytest.mark.parametrize("name", SERVICES)
def test_program_secrets_and_addresses_are_known(name: str) -> None:
    assert name in PROGRAMS
    assert name in secrets.MAKERS
    assert name in NAMES
    assert name in PORTS
    assert name in GatewaySettings().upstreams()


@pytest.mark.parametrize("name", SERVICES)
def test_its_operations_are_described(name: str) -> None:
    tags = msgspec.json.decode(DOCUMENT.read_bytes())["tags"]
    assert name.capitalize() in {tag["name"] for tag in tags}


@pytest.mark.parametrize("name", SERVICES)
def test_containers_run_it(name: str) -> None:
    assert name in COMPOSE
    assert f"{name.upper()}_URL" in COMPOSE["gateway"]["environment"]
    assert name in COMPOSE["gateway"]["depends_on"]
    assert f"{name.upper()}_DATABASE_URL" in COMPOSE["migrate"]["environment"]
    assert re.search(rf"^{name.upper()}_DATABASE_PASSWORD=", text(".env.example"), re.MULTILINE)
    assert re.search(
        rf"^ +(\w+ \| )*{name}( \| \w+)*\)$", text("deploy/compose/program.sh"), re.MULTILINE
    )
    programs = re.search(r'^programs="(.*)"$', text("deploy/compose/restore.sh"), re.MULTILINE)
    assert programs
    assert name in programs[1].split()


@pytest.mark.parametrize("name", SERVICES)
def test_prometheus_watches_it(name: str) -> None:
    targets = yaml.safe_load(text("deploy/observability/prometheus.yml"))["scrape_configs"]
    assert name in {target["job_name"] for target in targets}
    assert f'absent(up{{job="{name}"}})' in text("deploy/observability/alerts.yml")


@pytest.mark.parametrize("name", SERVICES)
def test_its_imports_are_checked(name: str) -> None:
    contracts = tomllib.loads(text("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = [one["containers"] for one in contracts if one["type"] == "layers"]
    independent = [one["modules"] for one in contracts if one["type"] == "independence"]
    assert [f"services.{name}"] in layers
    assert any(f"services.{name}" in modules for modules in independent)
