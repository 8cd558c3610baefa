"""The documents say what the code does."""

import re
from pathlib import Path

import pytest

from services.booking.domain.lifecycle import diagram

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_picture_of_a_bookings_life_is_the_codes():
    text = (ROOT / "docs" / "architecture.md").read_text()
    drawn = re.search(
        r"<!-- lifecycle -->\n```mermaid\n(.*?)\n```\n<!-- /lifecycle -->", text, re.DOTALL
    )
    assert drawn is not None
    assert drawn.group(1) == diagram()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_into_the_repository_leads_somewhere(document):
    for target in re.findall(r"\]\(([^)]+)\)", document.read_text()):
        if not target.startswith(("http", "#", "mailto:")):
            assert (document.parent / target.partition("#")[0]).exists(), target


def test_followed_functions_are_where_the_readme_says():
    text = (ROOT / "README.md").read_text()
    followed = re.findall(r"\[`(\w+)`\]\(([\w/.]+\.py)\)", text)
    assert len(followed) >= 8
    for name, path in followed:
        assert re.search(rf"\b{name}\b", (ROOT / path).read_text()), f"{name} is not in {path}"


def test_every_make_target_in_the_readme_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", (ROOT / "README.md").read_text()))
    assert named <= targets
