"""A number agrees with its noun."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest

from shared.counts import counted
from tests.stack import ROOT

PLURAL = re.compile(
    r" (?:free |more |other )?(?:accounts|attempts|consultants|days|entries|hours|items|minutes"
    r"|profiles|ratings|seconds|sessions|slots|times|weeks)\b"
)
# Names of constants, which are known not to be one.
CONSTANT = re.compile(r"_?[A-Z][A-Z_]+(?:\.days)?")
SOURCES = ("services", "shared", "gateway")


@pytest.mark.parametrize(
    ("number", "noun", "said"),
    [
        (1, "minute", "1 minute"),
        (0, "minute", "0 minutes"),
        (2, "minute", "2 minutes"),
        (1.0, "minute", "1 minute"),
        (1.5, "minute", "1.5 minutes"),
        (43_200, "minute", "43200 minutes"),
        (1, "entry", "1 entry"),
        (3, "entry", "3 entries"),
        (2_000_000, "character", "2000000 characters"),
        (1, "day", "1 day"),
        (2, "day", "2 days"),
    ],
)
def test_number_agrees_with_its_noun(number: float, noun: str, said: str) -> None:
    assert counted(number, noun) == said


def _filled_in(tree: ast.AST) -> Iterator[tuple[int, str, str]]:
    """What f-strings fill in before a plural: line, expression, and the text after it."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.JoinedStr):
            continue
        if "interval '" in ast.unparse(node):
            continue  # SQL
        for value, after in pairwise(node.values):
            if isinstance(value, ast.FormattedValue) and isinstance(after, ast.Constant):
                yield node.lineno, ast.unparse(value.value), str(after.value)


def test_no_number_is_filled_in_before_a_plural() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {{{expression}}}{after}"
        for folder in SOURCES
        for path in (ROOT / folder).rglob("*.py")
        if "tests" not in path.parts
        for line, expression, after in _filled_in(ast.parse(path.read_text()))
        if PLURAL.match(after) and not CONSTANT.fullmatch(expression)
    ]
    assert found == []
