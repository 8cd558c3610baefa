"""The documentation matches the code, and its links and lists are complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.booking.domain.lifecycle import diagram
from shared.events import CATALOGUE, RENAMED
from shared.services import SERVICES
from tests.stack import ROOT

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
def test_every_link_into_the_repository_leads_somewhere(document: Path) -> None:
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
