"""Rows that are no longer kept are found along an index, in every service; operators find every
table in docs/operations.md, with how long its rows are kept.
"""

from __future__ import annotations

import re
from datetime import timedelta
from importlib import import_module

import asyncpg
import pytest
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from services.notifications.store.retention import STREAM_RETENTION
from shared import idempotency, inbox
from shared.pruning import Retention
from shared.services import SERVICES
from shared.testing import Infrastructure
from tests.stack import ROOT

SECTION = (
    (ROOT / "docs/operations.md")
    .read_text()
    .partition("\n## What is kept, and for how long\n")[2]
    .partition("\n## ")[0]
)
ROWS = {
    name: row[1]
    for row in re.findall(r"^\| (`[^|]+) \| (.+) \|$", SECTION, re.MULTILINE)
    for name in re.findall(r"`([\w.]+)`", row[0])
}
OF_EVERY_SERVICE = {
    "outbox",
    "inbox",
    "idempotency_keys",
    "refused_events",
    "leases",
    "aggregate_sequences",
}


@pytest.mark.parametrize("service", SERVICES)
def test_every_table_is_listed(service: str) -> None:
    module = import_module(f"services.{service}.tables")
    tables = {value.name for value in vars(module).values() if isinstance(value, Table)}
    assert {f"{service}.{name}" for name in tables - OF_EVERY_SERVICE} <= set(ROWS)


def test_what_every_service_has_is_listed() -> None:
    assert OF_EVERY_SERVICE <= set(ROWS)


# Tables that never hold more than a few rows.
SMALL = {"identity.signing_keys"}


def retentions_of(service: str) -> dict[str, Retention]:
    """What the service deletes, by table as named in the documentation."""
    own: tuple[Retention, ...] = ()
    if service != "directory":  # deletes files only
        own = import_module(f"services.{service}.store.retention").RETENTIONS
    return {f"{service}.{one.table.name}": one for one in own}


RETENTIONS = {name: one for service in SERVICES for name, one in retentions_of(service).items()}
OF_ALL = {"inbox": inbox.RETENTION, "idempotency_keys": idempotency.RETENTION}


@pytest.mark.parametrize("name", [*OF_ALL, *(RETENTIONS.keys() - SMALL)])
async def test_rows_to_delete_are_found_along_an_index(
    name: str, infrastructure: Infrastructure
) -> None:
    service, _, _ = name.rpartition(".")
    retention = RETENTIONS.get(name) or OF_ALL[name]
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    statement = retention.expired().compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    admin = await asyncpg.connect(infrastructure.admin_url)
    try:
        await admin.execute(f"set search_path = {service or 'booking'}; set enable_seqscan = off")
        plan = "\n".join(row[0] for row in await admin.fetch(f"explain {statement}"))
    finally:
        await admin.close()
    assert f"Index Cond: ({retention.since.name} <" in plan


def described(kept_for: timedelta) -> str:
    """As the documentation says it."""
    if kept_for == timedelta(days=1):
        return "a day"
    if kept_for == timedelta(days=365):
        return "a year"
    if kept_for.days > 1:
        return f"{kept_for.days} days"
    return f"{kept_for // timedelta(hours=1)} hours" if kept_for else "until"


@pytest.mark.parametrize("name", RETENTIONS.keys() - {"identity.login_attempts"})
def test_the_documentation_says_how_long_rows_are_kept(name: str) -> None:
    assert described(RETENTIONS[name].kept_for) in ROWS[name]


def test_the_documentation_says_how_long_rows_of_every_service_are_kept() -> None:
    assert f"{inbox.RETENTION.kept_for.days} days" in ROWS["inbox"]
    assert (
        f"{idempotency.RETENTION.kept_for // timedelta(hours=1)} hours" in ROWS["idempotency_keys"]
    )
    assert f"{STREAM_RETENTION // timedelta(hours=1)} hours" in ROWS["notifications.stream_events"]
