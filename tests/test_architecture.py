"""Every service has the agreed modules, and each does only what it is for."""

from __future__ import annotations

import importlib
import re
import sys
import typing

import pytest

from shared.jobs import Job
from shared.services import SERVICES
from tests.source_code import calls_of, imports_of, is_within
from tests.stack import ROOT

# The modules that a service may have; each may be a file or a package.
AGREED = {
    "app", "commands", "domain", "errors", "jobs", "metrics", "migrations", "queries", "reactions",
    "routes", "schemas", "settings", "signals", "store", "tables", "tests",
}  # fmt: skip
# Modules of only one service, and the commands of its operators.
OWN = {
    "identity": {"announce_users", "deactivate", "rotate_keys"},
    "booking": {"announce_free_time", "announce_ratings", "busy_calendars"},
    "directory": {"announce_profiles", "search"},
    "payments": {
        "announce_payout_accounts",
        "documents",
        "ledger",
        "reconcile",
        "saga",
        "stripe_api",
        "webhook",
    },
    "notifications": {"mail", "mailer", "pages", "streams"},
}


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_the_agreed_modules_and_no_others(service: str) -> None:
    entries = (ROOT / "services" / service).iterdir()
    modules = {entry.name.removesuffix(".py") for entry in entries} - {"__init__", "__pycache__"}
    assert modules <= AGREED | OWN.get(service, set())
    assert {"app", "domain", "queries", "routes", "settings", "store", "tables"} <= modules


# What a domain may import beside the standard library and itself (decision 0075).
PURE = {
    "msgspec",
    "shared.counts",
    "shared.currencies",
    "shared.events",
    "shared.languages",
    "shared.lifecycle",
    "shared.money",
}
# Of the standard library, what reaches files, processes or the network.
IMPURE = {
    "asyncio",
    "http",
    "importlib",
    "io",
    "os",
    "pathlib",
    "shutil",
    "socket",
    "subprocess",
    "tempfile",
    "urllib.request",
}


@pytest.mark.parametrize("service", SERVICES)
def test_a_domain_imports_nothing_that_does_io(service: str) -> None:
    domain = ROOT / "services" / service / "domain"
    modules = [*domain.parent.glob("domain.py"), *domain.rglob("*.py")]
    assert modules
    allowed = PURE | set(sys.stdlib_module_names) | {f"services.{service}.domain"}
    for module in modules:
        for name in imports_of(module):
            where = f"{module.relative_to(ROOT)} imports {name}"
            assert is_within(name, allowed) and not is_within(name, IMPURE), where


WRITES = re.compile(
    r"(?<![.@\w])(?:insert|update|delete|upsert)\("
    r"|\b(?:insert into|delete from|update) [a-z]+\.[a-z_]+",
    re.IGNORECASE,
)
# The ledger writes its entries, and the search its index.
WRITERS = {"store", "ledger", "search", "migrations", "tests"}


@pytest.mark.parametrize("service", SERVICES)
def test_only_the_store_writes_tables(service: str) -> None:
    root = ROOT / "services" / service
    for module in (*root.rglob("*.py"), *root.rglob("*.sql")):
        owner = module.relative_to(root).parts[0].removesuffix(".py")
        if owner not in WRITERS:
            code = re.sub(r"^\s*@delete\(", "", module.read_text(), flags=re.MULTILINE)
            found = WRITES.search(code)
            assert found is None, f"{module.relative_to(ROOT)} writes: {found and found.group()}"


STATEMENT = re.compile(
    r"^from sqlalchemy import (?!RowMapping$).*|[\"']\s*select\s.*", re.IGNORECASE | re.MULTILINE
)
# Where services keep their statements in the store and in queries.
WITHOUT_STATEMENTS = ("commands", "routes", "reactions")
ALSO_WITHOUT_STATEMENTS = {
    "booking": ("metrics",),
    "notifications": ("metrics",),
    "payments": ("jobs", "metrics", "saga", "webhook", "reconcile"),
}


@pytest.mark.parametrize("service", SERVICES)
def test_commands_routes_and_reactions_contain_no_statements(service: str) -> None:
    root = ROOT / "services" / service
    names = (*WITHOUT_STATEMENTS, *ALSO_WITHOUT_STATEMENTS.get(service, ()))
    modules = [
        module
        for name in names
        for module in (*root.glob(f"{name}.py"), *root.glob(f"{name}/**/*.py"))
        if module.parent.name != "queries"
    ]
    assert modules
    for module in modules:
        found = STATEMENT.search(module.read_text())
        assert found is None, f"{module.relative_to(ROOT)}: {found and found.group()}"


@pytest.mark.parametrize("service", SERVICES)
def test_a_services_jobs_come_from_one_function(service: str) -> None:
    jobs = importlib.import_module(f"services.{service}.jobs")
    assert typing.get_type_hints(jobs.scheduled_jobs)["return"] == list[Job]
    root = ROOT / "services" / service
    composed = calls_of(root / "app.py")
    assert (composed.count("scheduled_jobs"), composed.count("service.schedule")) == (1, 1)
    for module in root.rglob("*.py"):
        if module.relative_to(root).parts[0].removesuffix(".py") not in ("jobs", "tests"):
            assert "Job" not in calls_of(module), f"{module.relative_to(ROOT)} makes a job"


METRICS = {
    "prometheus_client.Counter",
    "prometheus_client.Gauge",
    "prometheus_client.Histogram",
    "prometheus_client.Summary",
    "shared.metrics.database_gauge",
}


@pytest.mark.parametrize("service", SERVICES)
def test_metrics_are_defined_in_one_module_and_gauges_collected_by_jobs(service: str) -> None:
    root = ROOT / "services" / service
    metrics = root / "metrics.py"
    for module in root.rglob("*.py"):
        if "tests" not in module.parts and module != metrics:
            found = METRICS & imports_of(module)
            assert not found, f"{module.relative_to(ROOT)} imports {found}"
    has_gauges = metrics.exists() and "database_gauge" in calls_of(metrics)
    jobs = importlib.import_module(f"services.{service}.jobs")
    assert hasattr(jobs, "gauge_collectors") == has_gauges
    assert ("gauge_collectors" in calls_of(root / "app.py")) == has_gauges
