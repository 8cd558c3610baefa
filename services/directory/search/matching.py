"""Consultants who fit several words, or one in an order that is not the postings': who uses a word
is collected from its postings and intersected; a word that is far more common than the rarest is
looked for in the profiles that are left.
"""

# ruff: noqa: S608 - the parts put together are ours; what a client typed only ever goes through Statement.bind

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.directory.queries import card_columns
from services.directory.search.filters import Conditions
from services.directory.search.orders import Order
from services.directory.search.postings import STRONG
from services.directory.search.statement import Statement
from services.directory.search.terms import MISTYPED, MISTYPED_BIO, Term, uses
from services.directory.search.words import may_be_mistyped
from shared.clock import now
from shared.db import Reader

# Measured: a use in the postings costs 1 µs, a profile looked at 5.
COMMON = 2000
MOST = 10 * COMMON  # counting stops here
FAR_MORE = 5


async def matching(
    reader: Reader,
    terms: list[str],
    filters: Conditions,
    order: Order | None,
    after: Sequence[Any] | None,
    size: int,
) -> list[Any]:
    """The first `size` after the cursor `after` of the consultants who fit every term, in `order`,
    or by how well they fit.
    """
    common = _common(await uses(reader, terms, MOST), in_order=order is not None)
    sql = Statement()
    asked = [Term(sql, term) for term in terms]
    sets = [term for term, many in zip(asked, common, strict=True) if not many]
    checks = [term for term, many in zip(asked, common, strict=True) if many]
    where = filters(sql) if sets else ["p.is_listed", *filters(sql)]
    source, fits = (
        _intersection(sets, guessing=order is None),
        [f"u{at}.fit" for at in range(len(sets))],
    )
    if sets and (where or checks or order):
        source += _PROFILE
    for at, term in enumerate(checks):
        source += f"\ncross join lateral (select {term.fit(guessing=order is None)}) c{at} (fit)"
        where.append(f"c{at}.fit is not null")
        fits.append(f"c{at}.fit")
    fit, row = " + ".join(fits), "u0" if sets else "p"
    if after is not None:
        where.append(order.after(sql, after) if order else _fit_after(sql, fit, row, after))
    columns = order.columns if order else ("quality", "no")
    text = f"""
        select {card_columns(sql.bind(now(), "timestamptz"))}, b.fit, {", ".join(f"p.{c}" for c in columns)}
        from (
            select {row}.no, {fit} as fit from {source} where {" and ".join(where) or "true"}
            order by {order.by() if order else f"2, {row}.quality desc, {row}.no desc"} limit {size}
        ) b
        join directory.consultant_profiles p on p.no = b.no
        order by {order.by() if order else "b.fit, p.quality desc, p.no desc"}
    """  # nosec B608 # what was typed is bound (Statement)
    return await reader.rows(text, *sql.arguments)


# One look-up per consultant found: nothing may tempt the planner to read all profiles instead.
_PROFILE = "\njoin lateral (select * from directory.consultant_profiles where no = u0.no limit 1) p on true"


def _common(counts: list[int], *, in_order: bool) -> list[bool]:
    """Which terms are not worth collecting: in an order of its own, profiles that fit are soon come
    across; by relevance, the users of a much rarer term are looked at instead.
    """
    if in_order:
        return [count >= COMMON for count in counts]
    rarest = max(COMMON // FAR_MORE, min(counts))
    return [count > FAR_MORE * rarest or (count == MOST > rarest) for count in counts]


def _intersection(terms: list[Term], *, guessing: bool) -> str:
    """The consultants who use a word of each of `terms`, as u0, u1 …; without any, all profiles as
    p.
    """
    if not terms:
        return "directory.consultant_profiles p"
    first, *others = (f"({_users(term, guessing)}) u{at}" for at, term in enumerate(terms))
    return first + "".join(
        f"\njoin {other} on u{at}.no = u0.no" for at, other in enumerate(others, 1)
    )


def _users(term: Term, guessing: bool) -> str:
    """Who uses a word that the term means, with how well it fits at best."""
    words = term.beginnings()
    if may_be_mistyped(term.text):
        # In an order of their own choosing people would see guesses first, so there they are made
        # only for what nobody uses; by relevance they come last.
        guess = "true" if guessing else f"not {term.is_used()}"
        words += f"""
            union all
            select m.id, {MISTYPED}, {MISTYPED_BIO} from ({term.mistyped()}) m where {guess}"""  # nosec B608 # what was typed is bound (Statement)
    return f"""
        select i.no, min(case when i.rank >= {STRONG} then w.fit else w.fit_bio end) as fit,
            min(case when i.rank >= {STRONG} then i.rank - {STRONG} else i.rank end) as quality
        from ({words}) w
        join directory.postings i on i.word_id = w.id
        group by i.no"""  # nosec B608 # what was typed is bound (Statement)


def _fit_after(sql: Statement, fit: str, row: str, after: Sequence[Any]) -> str:
    values = ", ".join(sql.bind(v, "int") for v in (-after[0], after[1], after[2]))
    return f"(-({fit}), {row}.quality::int, {row}.no) < ({values})"
