"""Query plans for a page of search results. A word's postings are in display order, so the page of
a one-word search is read from their ends. Several words, or another order: see matching.py.

one word           `_from_lists`: merges the ends of the lists of all words that it may mean
a letter or two    too many words begin with it, but then most profiles match: `_walk` scans them
                   from the best on
"""

# ruff: noqa: S608 - composed of constants; client input is passed only to Statement.bind

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.directory.queries import card_columns
from services.directory.search.filters import Conditions
from services.directory.search.matching import matching
from services.directory.search.postings import STRONG
from services.directory.search.query_words import (
    BEGINNING,
    BEGINNING_BIO,
    EXACT,
    EXACT_BIO,
    MISTYPED,
    MISTYPED_BIO,
    QueryWord,
    words_beginning,
)
from services.directory.search.statement import Statement
from services.directory.search.words import may_be_mistyped
from shared.clock import now
from shared.db import Reader

# For words this short, so many words may begin with them that merging their lists costs more than
# scanning the profiles.
SHORT = 2
MANY_WORDS = 200

Fit = Sequence[Any]  # the cursor of a search by relevance: fit, quality, no


async def best(
    reader: Reader, query_words: list[str], filters: Conditions, after: Fit | None, size: int
) -> list[Any]:
    """The `size` best consultants for all of `query_words` after the cursor `after`, with fit,
    quality and no.
    """
    if len(query_words) > 1:
        return await matching(reader, query_words, filters, None, after, size)
    (query_word,) = query_words
    found: list[Any] = []
    for step in await _steps(reader, query_word):
        if after is None or after[0] <= step[-1]:
            found += await _step(reader, query_word, step, filters, after, size - len(found))
        if len(found) == size:
            break
    return found


async def _steps(reader: Reader, query_word: str) -> list[tuple[int, ...]]:
    """Groups of fits that are queried together, best first: later groups are queried only if the
    page is not full.
    """
    typos = [(MISTYPED, MISTYPED_BIO)] if may_be_mistyped(query_word) else []
    if await _is_broad(reader, query_word):
        return [(EXACT,), (BEGINNING,), (EXACT_BIO,), (BEGINNING_BIO,)]
    return [(EXACT, BEGINNING, EXACT_BIO, BEGINNING_BIO), *typos]


async def _step(
    reader: Reader,
    query_word: str,
    fits: tuple[int, ...],
    filters: Conditions,
    after: Fit | None,
    size: int,
) -> list[Any]:
    sql = Statement()
    if fits in ((BEGINNING,), (BEGINNING_BIO,)):
        text = _walk(sql, QueryWord(sql, query_word), fits[0], filters(sql), after, size)
    else:
        text = _from_lists(sql, QueryWord(sql, query_word), fits, filters(sql), after, size)
    return await reader.rows(text, *sql.arguments)


def _from_lists(
    sql: Statement,
    query_word: QueryWord,
    fits: tuple[int, ...],
    where: list[str],
    after: Fit | None,
    size: int,
) -> str:
    """Merges the ends of the lists of every matching word. A consultant counts with their
    best fit.
    """
    if MISTYPED in fits:
        words = f"""
            select m.id, {MISTYPED} as fit, {MISTYPED_BIO} as fit_bio
            from ({query_word.mistyped()}) m"""  # nosec B608
    else:
        words = query_word.exact() if len(fits) == 1 else query_word.beginnings()
    if after is not None or EXACT not in fits:
        # On a first page the merge itself ensures this; later pages must not repeat consultants who
        # were shown with a better fit.
        where = [*where, _only_where_they_fit_best(query_word, fits)]
    lists, before = f"l.fit in ({', '.join(map(str, fits))})", f"i.rank < l.base + {STRONG}"
    if after is not None:
        fit, quality, no = (
            sql.bind(v, t) for v, t in zip(after, ("int", "int", "int"), strict=True)
        )
        lists += f" and l.fit >= {fit}"
        before = f"""(i.rank, i.no) < (
            (l.base + case when l.fit = {fit} then {quality} else {STRONG} end)::smallint,
            case when l.fit = {fit} then {no} else 0 end)"""
    profile = "join directory.consultant_profiles p on p.no = i.no" if where else ""
    return f"""
        select {card_columns(sql.bind(now(), "timestamptz"))}, b.fit, b.quality, b.no
        from (
            select e.no, min(e.fit) as fit, e.quality
            from ({words}) w
            cross join lateral (values (w.fit, {STRONG}), (w.fit_bio, 0)) l (fit, base)
            cross join lateral (
                select i.no, l.fit, i.rank - l.base as quality
                from directory.postings i {profile}
                where i.word_id = w.id and i.rank >= l.base and {" and ".join([before, *where])}
                order by i.rank desc, i.no desc limit {size}
            ) e
            where {lists}
            group by e.no, e.quality
            order by 2, e.quality desc, e.no desc limit {size}
        ) b
        join directory.consultant_profiles p on p.no = b.no
        order by b.fit, b.quality desc, b.no desc
    """  # nosec B608


def _only_where_they_fit_best(query_word: QueryWord, fits: tuple[int, ...]) -> str:
    each = (" and ".join([f"l.fit = {fit}", *query_word.fits_not_better_than(fit)]) for fit in fits)
    return f"({' or '.join(each)})"


def _walk(
    sql: Statement, query_word: QueryWord, fit: int, where: list[str], after: Fit | None, size: int
) -> str:
    """Scans the profiles from the best on, until enough of them have a word that begins with it."""
    column = "strong_words" if fit == BEGINNING else "weak_words"
    where = ["p.is_listed", *where, *query_word.fits_not_better_than(fit)]
    where.append(f"p.{column} like {sql.bind(f'% {query_word.text}%', 'text')}")
    if after is not None and after[0] == fit:
        where.append(
            f"(p.quality, p.no) < ({sql.bind(after[1], 'smallint')}, {sql.bind(after[2], 'int')})"
        )
    return f"""
        select {card_columns(sql.bind(now(), "timestamptz"))}, {fit} as fit, p.quality, p.no
        from directory.consultant_profiles p where {" and ".join(where)}
        order by p.quality desc, p.no desc limit {size}
    """  # nosec B608


async def _is_broad(reader: Reader, query_word: str) -> bool:
    """Whether so many words begin with `query_word` that their lists are of no use."""
    return (
        len(query_word) <= SHORT
        and await words_beginning(reader, query_word, MANY_WORDS) == MANY_WORDS
    )
