"""Consultants who match several words, or one word in an order other than that of the postings: the
users of a word are collected from its postings and intersected; a word that is far more common than
the rarest one is checked in the remaining profiles instead.
"""

# ruff: noqa: S608 - composed of constants; client input is passed only to Statement.bind

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.directory.queries import card_columns
from services.directory.search.filters import Conditions
from services.directory.search.orders import Order
from services.directory.search.postings import STRONG
from services.directory.search.query_words import MISTYPED, MISTYPED_BIO, QueryWord, uses
from services.directory.search.statement import Statement
from services.directory.search.words import may_be_mistyped
from shared.clock import now
from shared.db import Reader

# Measured: reading a posting costs 1 µs, checking a profile 5.
COMMON = 2000
MAX_COUNT = 10 * COMMON  # counting stops here
FAR_MORE = 5


async def matching(
    reader: Reader,
    query_words: list[str],
    filters: Conditions,
    order: Order | None,
    after: Sequence[Any] | None,
    size: int,
) -> list[Any]:
    """The first `size` consultants after the cursor `after` who match every word of a search, in
    `order`, or by how well they match.
    """
    common = _common(await uses(reader, query_words, MAX_COUNT), in_order=order is not None)
    sql = Statement()
    asked = [QueryWord(sql, query_word) for query_word in query_words]
    sets = [query_word for query_word, many in zip(asked, common, strict=True) if not many]
    checks = [query_word for query_word, many in zip(asked, common, strict=True) if many]
    where = filters(sql) if sets else ["p.is_listed", *filters(sql)]
    source, fits = (
        _intersection(sets, guessing=order is None),
        [f"u{at}.fit" for at in range(len(sets))],
    )
    if sets and (where or checks or order):
        source += _PROFILE
    for at, query_word in enumerate(checks):
        source += (
            f"\ncross join lateral (select {query_word.fit(guessing=order is None)}) c{at} (fit)"
        )
        where.append(f"c{at}.fit is not null")
        fits.append(f"c{at}.fit")
    fit, row = " + ".join(fits), "u0" if sets else "p"
    if after is not None:
        where.append(order.after(sql, after) if order else _fit_after(sql, fit, row, after))
    columns = order.columns if order else ("quality", "no")
    text = f"""
        select {card_columns(sql.bind(now(), "timestamptz"))}, b.fit,
            {", ".join(f"p.{c}" for c in columns)}
        from (
            select {row}.no, {fit} as fit from {source} where {" and ".join(where) or "true"}
            order by {order.by() if order else f"2, {row}.quality desc, {row}.no desc"} limit {size}
        ) b
        join directory.consultant_profiles p on p.no = b.no
        order by {order.by() if order else "b.fit, p.quality desc, p.no desc"}
    """  # nosec B608
    return await reader.rows(text, *sql.arguments)


# One look-up per consultant found: keeps the planner from reading all profiles instead.
_PROFILE = """
join lateral (select * from directory.consultant_profiles where no = u0.no limit 1) p on true"""


def _common(counts: list[int], *, in_order: bool) -> list[bool]:
    """Words whose users are not worth collecting: in a given order, matching profiles are soon
    found by scanning; by relevance, the users of a much rarer word are checked instead.
    """
    if in_order:
        return [count >= COMMON for count in counts]
    rarest = max(COMMON // FAR_MORE, min(counts))
    return [count > FAR_MORE * rarest or (count == MAX_COUNT > rarest) for count in counts]


def _intersection(query_words: list[QueryWord], *, guessing: bool) -> str:
    """The consultants who use a word that matches each of `query_words`, as u0, u1 …; without
    query words, all profiles as p.
    """
    if not query_words:
        return "directory.consultant_profiles p"
    first, *others = (
        f"({_users(query_word, guessing)}) u{at}" for at, query_word in enumerate(query_words)
    )
    return first + "".join(
        f"\njoin {other} on u{at}.no = u0.no" for at, other in enumerate(others, 1)
    )


def _users(query_word: QueryWord, guessing: bool) -> str:
    """The consultants who use a word that matches `query_word`, each with the best fit."""
    words = query_word.beginnings()
    if may_be_mistyped(query_word.text):
        # In a given order, guesses could come first, so they are made only for words that nobody
        # uses; by relevance they come last.
        guess = "true" if guessing else f"not {query_word.is_used()}"
        words += f"""
            union all
            select m.id, {MISTYPED}, {MISTYPED_BIO} from ({query_word.mistyped()}) m
                where {guess}"""  # nosec B608
    return f"""
        select i.no, min(case when i.rank >= {STRONG} then w.fit else w.fit_bio end) as fit,
            min(case when i.rank >= {STRONG} then i.rank - {STRONG} else i.rank end) as quality
        from ({words}) w
        join directory.postings i on i.word_id = w.id
        group by i.no"""  # nosec B608


def _fit_after(sql: Statement, fit: str, row: str, after: Sequence[Any]) -> str:
    values = ", ".join(sql.bind(v, "int") for v in (-after[0], after[1], after[2]))
    return f"(-({fit}), {row}.quality::int, {row}.no) < ({values})"
