"""Operators find every table in docs/operations.md, with how long its rows are kept."""

from __future__ import annotations

import re
from importlib import import_module

import pytest
from sqlalchemy import Table

from services.booking.jobs.pruning import SLOTS_RETENTION
from services.identity.domain.tokens import REFRESH_LIFE
from services.notifications.store import retention
from services.payments.store import stripe_events
from shared import idempotency, inbox
from shared.services import SERVICES
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


def test_the_times_are_those_of_the_jobs() -> None:
    days = {
        "inbox": inbox.RETENTION,
        "identity.refresh_tokens": REFRESH_LIFE,
        "booking.availability_slots": SLOTS_RETENTION,
        "payments.stripe_events": stripe_events.RETENTION,
        "notifications.mails": retention.MAILS_RETENTION,
        "notifications.early_events": retention.EARLY_RETENTION,
    }
    for table, kept in days.items():
        assert f"{kept.days} days" in ROWS[table], table
    hours = {
        "idempotency_keys": idempotency.RETENTION,
        "notifications.stream_events": retention.STREAM_RETENTION,
    }
    for table, kept in hours.items():
        assert f"{int(kept.total_seconds() // 3600)} hours" in ROWS[table], table
    assert retention.LIST_RETENTION.days == 365
    assert ROWS["notifications.notifications"] == "a year"
