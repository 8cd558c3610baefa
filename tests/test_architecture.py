"""The documentation matches the code."""

from __future__ import annotations

import ast
import enum
import importlib
import re
import sys
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar import Router
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from services.booking.domain.lifecycle import diagram
from shared.events import CATALOGUE, RENAMED
from shared.jobs import Job
from shared.services import SERVICES

ROOT = Path(__file__).resolve().parent.parent
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
DOCUMENTS = [
    ROOT / "CONTRIBUTING.md",
    ROOT / "AGENTS.md",
    ROOT / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]


def test_the_picture_of_a_bookings_life_is_the_codes() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    drawn = re.search(
        r"<!-- lifecycle -->\n```mermaid\n(.*?)\n```\n<!-- /lifecycle -->", text, re.DOTALL
    )
    assert drawn is not None
    assert drawn.group(1) == diagram()


@pytest.mark.parametrize("service", SERVICES)
def test_the_table_of_services_names_the_events_of_the_catalogue(service: str) -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    row = re.search(rf"^\| {service} \|[^|]+\| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE)
    assert row is not None
    published = [event for event in CATALOGUE if service == event.PRODUCER and event not in RENAMED]
    names = {name for name in row[1].split(", ") if name != "–"}
    for event in published:
        assert any(_is_named(event.__name__, name) for name in names), event.__name__
    for name in names:
        assert any(_is_named(event.__name__, name) for event in published), name
    producers = {event.PRODUCER for event in CATALOGUE if service in event.CONSUMERS}
    assert {name for name in row[2].split(", ") if name != "–"} == producers


def _is_named(event: str, name: str) -> bool:
    """Whether `name` is the event's or, ending in "…", the beginning of it."""
    return event.startswith(name[:-1]) if name.endswith("…") else event == name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_into_the_repository_leads_somewhere(document: Any) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", document.read_text()):
        if not target.startswith(("http", "mailto:")):
            path, _, anchor = target.partition("#")
            leads_to = document.parent / path if path else document
            assert leads_to.exists(), target
            assert not anchor or anchor in _anchors(leads_to.read_text()), target


def _anchors(text: str) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}


def test_followed_functions_are_where_the_readme_says() -> None:
    text = (ROOT / "README.md").read_text()
    followed = re.findall(r"\[`(\w+)`\]\(([\w/.]+\.py)\)", text)
    assert len(followed) >= 8
    for name, path in followed:
        assert re.search(rf"\b{name}\b", (ROOT / path).read_text()), f"{name} is not in {path}"


def test_every_make_target_in_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", (ROOT / "README.md").read_text()))
    assert named <= targets


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_the_agreed_modules_and_no_others(service: str) -> None:
    entries = (ROOT / "services" / service).iterdir()
    modules = {entry.name.removesuffix(".py") for entry in entries} - {"__init__", "__pycache__"}
    assert modules <= AGREED | OWN.get(service, set())
    assert {"app", "domain", "queries", "routes", "settings", "store", "tables"} <= modules


def test_every_decision_has_its_status_and_date() -> None:
    for decision in sorted((ROOT / "docs" / "decisions").glob("0*.md")):
        head = decision.read_text().split("\n\n", 2)
        assert re.fullmatch(rf"# {decision.name[:4]}\. .+", head[0]), decision.name
        assert re.search(r"Status: [a-z]", head[1]), decision.name
        assert re.search(r"Date: \d{4}-\d\d-\d\d\b", head[1]), decision.name


def test_index_of_decisions_has_each_with_its_title() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(
        r"^\| \[(\d{4})\]\((.+)\) \| (.+) \|$", (folder / "README.md").read_text(), re.MULTILINE
    )
    decisions = sorted(folder.glob("0*.md"))
    titles = [path.read_text().partition("\n")[0].partition(". ")[2] for path in decisions]
    assert listed == [
        (path.name[:4], path.name, title) for path, title in zip(decisions, titles, strict=True)
    ]


def test_every_decision_is_in_the_list() -> None:
    folder = ROOT / "docs" / "decisions"
    titles = {
        one.name: one.read_text().splitlines()[0].partition(". ")[2] for one in folder.glob("0*.md")
    }
    rows = re.findall(
        r"^\| \[\d{4}\]\((.+?)\) \| (.+) \|$", (folder / "README.md").read_text(), re.M
    )
    assert rows == sorted(titles.items())


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
        for name in _imported(ast.parse(module.read_text())):
            where = f"{module.relative_to(ROOT)} imports {name}"
            assert _is_within(name, allowed) and not _is_within(name, IMPURE), where


def _imported(tree: ast.AST) -> set[str]:
    """The modules, and the names from packages, that are imported anywhere in the module."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _is_within(name: str, modules: set[str]) -> bool:
    parts = name.split(".")
    return any(".".join(parts[:count]) in modules for count in range(1, len(parts) + 1))


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
    composed = _calls(root / "app.py")
    assert (composed.count("scheduled_jobs"), composed.count("service.schedule")) == (1, 1)
    for module in root.rglob("*.py"):
        if module.relative_to(root).parts[0].removesuffix(".py") not in ("jobs", "tests"):
            assert "Job" not in _calls(module), f"{module.relative_to(ROOT)} makes a job"


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
    for module in root.rglob("*.py"):
        if "tests" not in module.parts and module != root / "metrics.py":
            found = METRICS & _imported(ast.parse(module.read_text()))
            assert not found, f"{module.relative_to(ROOT)} imports {found}"
    has_gauges = (root / "metrics.py").exists() and "database_gauge" in _calls(root / "metrics.py")
    jobs = importlib.import_module(f"services.{service}.jobs")
    assert hasattr(jobs, "gauge_collectors") == has_gauges
    assert ("gauge_collectors" in _calls(root / "app.py")) == has_gauges


def _calls(module: Path) -> list[str]:
    """The functions that are called anywhere in the module, as they are written there."""
    tree = ast.parse(module.read_text())
    return [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]


# A schema is called what clients call the thing, and says nothing of its part in HTTP.
SUFFIXES = ("Answer", "Body", "Request", "Response", "Schema", "View")


@pytest.mark.parametrize("service", SERVICES)
def test_schemas_and_what_makes_them_have_the_agreed_names(service: str) -> None:
    root = ROOT / "services" / service
    modules = [*root.glob("schemas.py"), *root.glob("schemas/*.py")]
    assert modules
    for module in modules:
        for node in ast.parse(module.read_text()).body:
            if isinstance(node, ast.ClassDef):
                assert not node.name.endswith(SUFFIXES), f"{module.name}: {node.name}"
            elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                assert node.returns is not None
                made = re.sub(r"(?<!^)(?=[A-Z])", "_", ast.unparse(node.returns)).lower()
                agreed = node.name.endswith("_from_schema") or node.name == f"{made}_schema"
                assert agreed, f"{module.name}: {node.name} makes {made}"


@pytest.mark.parametrize("service", SERVICES)
def test_every_decorator_of_a_handler_shows_the_whole_path(service: str) -> None:
    decorators = [
        (module, decorator)
        for module in (ROOT / "services" / service / "routes").rglob("*.py")
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.AsyncFunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
    ]
    assert len(decorators) == len(set(_handlers(service)))
    for module, decorator in decorators:
        match decorator.args:
            case [ast.Constant(value=str(path)), *_] if path.startswith("/"):
                pass
            case _:
                pytest.fail(f"{module.relative_to(ROOT)}:{decorator.lineno} has no path")


@pytest.mark.parametrize("service", SERVICES)
def test_handlers_return_schemas(service: str) -> None:
    """Also within what they return. Enumerations are the domain's."""
    returned = [typing.get_type_hints(handler)["return"] for handler in _handlers(service)]
    assert returned
    assert not {Any, dict} & {typing.get_origin(one) or one for one in returned}
    found = {
        f"{made.__module__}.{made.__qualname__}"
        for one in returned
        for made in _classes_in(one, set())
        if made.__module__.startswith("services.") and not issubclass(made, enum.Enum)
    }
    assert {one for one in found if not _is_within(one, {f"services.{service}.schemas"})} == set()


def _handlers(service: str) -> Iterator[Callable[..., Any]]:
    """The service's route handlers, without those that Litestar adds for OPTIONS."""
    routes = importlib.import_module(f"services.{service}.routes").ROUTES
    for route in Router("/", route_handlers=list(routes)).routes:
        assert isinstance(route, HTTPRoute)
        for handler in route.route_handlers:
            assert isinstance(handler, HTTPRouteHandler)
            if handler.fn.__module__.startswith("services."):
                yield handler.fn


def _classes_in(annotation: Any, known: set[type]) -> set[type]:
    """`known` and the classes in an annotation, including those of the fields of Structs."""
    made = typing.get_origin(annotation) or annotation
    if isinstance(made, type) and made not in known:
        known.add(made)
        if issubclass(made, msgspec.Struct):
            for field in typing.get_type_hints(made).values():
                _classes_in(field, known)
    for argument in typing.get_args(annotation):
        _classes_in(argument, known)
    return known
