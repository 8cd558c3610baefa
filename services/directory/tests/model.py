"""A plain reference implementation of list and search, with which the SQL is compared."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import msgspec

from services.directory.search.words import words


class Someone(msgspec.Struct, kw_only=True):
    """A consultant of the model; `no` is the order of creation."""

    id: str
    no: int
    names: tuple[str, str]
    headline: str
    bio: str
    tags: list[str]
    languages: list[str]
    rate: int
    scores: list[int]
    free: list[tuple[datetime, datetime]]

    @property
    def quality(self) -> int:
        return 1000 * (sum(self.scores) + 20) // (len(self.scores) + 5)

    @property
    def average(self) -> float:
        return sum(self.scores) / len(self.scores) if self.scores else -1.0

    def fit(self, query_word: str, guess: bool) -> int | None:
        strong = _words(*self.names, self.headline, *self.tags)
        weak = _words(self.bio)
        for value, found in (
            (1, query_word in strong),
            (2, begins(query_word, strong)),
            (3, query_word in weak),
            (4, begins(query_word, weak)),
            (5, guess and any(near(query_word, word) for word in strong)),
            (6, guess and any(near(query_word, word) for word in weak)),
        ):
            if found:
                return value
        return None


@functools.cache
def _words(*texts: str) -> frozenset[str]:
    return frozenset(words(texts))


def begins(query_word: str, among: Iterable[str]) -> bool:
    return any(word.startswith(query_word) for word in among)


@functools.cache
def near(query_word: str, word: str) -> bool:
    """Whether `query_word` is one edit away from `word`, or (from five letters on) from its
    beginning.
    """
    if len(query_word) < 4 or any(c.isdigit() for c in query_word):
        return False
    if len(query_word) == 4:
        return distance(query_word, word) <= 1
    return any(
        distance(query_word, word[:cut]) <= 1
        for cut in range(len(query_word) - 1, len(query_word) + 2)
    )


def distance(a: str, b: str) -> int:
    """The edit distance: letters wrong, missing, extra, or neighbours swapped (optimal string
    alignment).
    """
    rows = [[i + j if i * j == 0 else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            rows[i][j] = min(
                rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] != b[j - 1])
            )
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


SORTS: dict[str, Callable[[Someone], Any]] = {
    "relevance": lambda s: (-s.quality, -s.no),
    "rating": lambda s: (not s.scores, -s.quality if s.scores else 0, -len(s.scores), -s.no),
    "rate": lambda s: (s.rate, s.no),
    "newest": lambda s: -s.no,
}


def expected(
    people: list[Someone],
    query_words: list[str],
    sort: str,
    keep: Callable[[Someone], bool] = lambda _: True,
) -> list[str]:
    """The ids that the list should return, in order."""
    ranked = []
    for someone in people:
        fits = [
            someone.fit(query_word, _guesses(people, query_word, sort))
            for query_word in query_words
        ]
        if None in fits or not keep(someone):
            continue
        fit = sum(f for f in fits if f is not None) if sort == "relevance" else 0
        ranked.append((fit, SORTS[sort](someone), someone.id))
    return [id for _, _, id in sorted(ranked)]


def _guesses(people: list[Someone], query_word: str, sort: str) -> bool:
    return sort == "relevance" or all(someone.fit(query_word, False) is None for someone in people)
