"""Three replicas of each service find connections at PostgreSQL, with the defaults of
docker-compose.yml, while those of one service are being replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
import yaml

from deploy.local import postgres
from deploy.local.settings import ROOT
from services.booking.commands.requests import MAX_WAITING
from services.payments.reconcile.report import POOL_SIZE
from shared import db, settings
from shared.services import SERVICES
from shared.testing import test_verifier

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
DOCUMENT = (ROOT / "docs/operations.md").read_text()
REPLICAS = 3
# What operators run beside the services: backups, `reconcile`, replays of dead letters, psql.
OPERATORS = 15
# `superuser_reserved_connections`, which the services' roles cannot use.
RESERVED = 3
SECRETS = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "AMQP_URL": "amqp://127.0.0.1:1/",
    "SIGNING_KEY_SECRET": "A" * 43,
    "STRIPE_SECRET_KEY": "sk_test_1",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_1",
    "STRIPE_WEBHOOK_SECRET": "whsec_12345678",
}


@pytest.fixture
def pools(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The sizes of the pools of every Database made during the test."""
    sizes: list[int] = []
    made = db.Database.__init__

    def noting(self: db.Database, url: str, **options: Any) -> None:
        made(self, url, **options)
        sizes.append(self.pool_size)

    monkeypatch.setattr(db.Database, "__init__", noting)
    yield sizes


@pytest.fixture
async def per_replica(pools: list[int], tmp_path: Any) -> dict[str, int]:
    """How many connections a replica of each service opens at most."""
    found = {}
    for service in SERVICES:
        module = import_module(f"services.{service}.app")
        environment = {**SECRETS, "PHOTO_STORE": f"file://{tmp_path}"}
        pools.clear()
        module.build(settings.load(module.SETTINGS, environment), verifier=test_verifier())
        # Two pools each, and one connection that reads the schema's version at the start.
        found[service] = 2 * sum(pools) + 1
    return found


def accepted_by_postgres() -> int:
    command = " ".join(COMPOSE["postgres"]["command"])
    return int(re.findall(r"max_connections=(\d+)", command)[0])


async def test_three_replicas_of_each_fit_while_one_service_is_replaced(
    per_replica: dict[str, int],
) -> None:
    """`roll.sh` starts as many new replicas of a service as there are old ones."""
    running = REPLICAS * sum(per_replica.values())
    replaced = REPLICAS * max(per_replica.values())
    wanted = running + replaced + 2 * POOL_SIZE + OPERATORS + RESERVED
    assert wanted <= accepted_by_postgres()
    for number in (sum(per_replica.values()), running, running + replaced):
        assert f" {number} " in DOCUMENT.replace("\n", " "), number


async def test_one_replica_of_each_fits_on_a_developers_machine(
    per_replica: dict[str, int],
) -> None:
    """The stack of `make up`, with a second replica of any service beside it."""
    wanted = sum(per_replica.values()) + max(per_replica.values()) + 2 * POOL_SIZE
    assert wanted + OPERATORS + RESERVED <= int(postgres.OPTIONS["max_connections"])


def test_waiting_requests_leave_connections_to_others() -> None:
    """Requests that wait for a price keep their transaction open meanwhile."""
    assert MAX_WAITING < settings.load(settings.ServiceSettings, SECRETS).database_pool_size
