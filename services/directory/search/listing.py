"""The list of consultants, page by page: all of them, or those found by a search."""

# ruff: noqa: S608 - composed of constants; client input is passed only to Statement.bind

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.directory.domain.model import Profile
from services.directory.queries import card_columns, profile_of
from services.directory.search import plans
from services.directory.search.filters import Wanted, conditions, free_then
from services.directory.search.matching import matching
from services.directory.search.orders import FIT, ORDERS
from services.directory.search.statement import Statement
from services.directory.search.words import query_words
from shared.clock import now, utc
from shared.db import Reader
from shared.paging import Page, decode_cursor, page

# Reading this many slots with their consultants takes as long as scanning consultants for a page
# when one in ten is free.
FEW = 1000


async def consultants(
    reader: Reader, wanted: Wanted, limit: int, cursor: str | None
) -> Page[Profile]:
    """One page of the consultants that match `wanted`."""
    scope = str(wanted)
    searched = wanted.search is not None and wanted.search.strip() != ""
    if not searched:
        rows, columns = (
            await _listed(reader, wanted, limit, cursor, scope),
            ORDERS[wanted.sort].columns,
        )
    else:
        rows, columns = await _found(reader, wanted, limit, cursor, scope)
    found = page(rows, limit, lambda row: [row[name] for name in columns], scope)
    return found.map(profile_of)


async def _listed(
    reader: Reader, wanted: Wanted, limit: int, cursor: str | None, scope: str
) -> list[Any]:
    order, sql = ORDERS[wanted.sort], Statement()
    where = ["p.is_listed", *conditions(wanted)(sql)]
    if cursor is not None:
        where.append(order.after(sql, _key(cursor, [kind for kind, _ in order.types], scope)))
    source = "directory.consultant_profiles p"
    if wanted.when and await _few_are_free(reader, wanted):
        source = f"""(select distinct f.consultant_id from directory.free_slots f
            where {free_then(sql, wanted)}) f
            join lateral (
                select * from directory.consultant_profiles where consultant_id = f.consultant_id
                    limit 1
            ) p on true"""  # nosec B608
    text = f"""
        select {card_columns(sql.bind(now(), "timestamptz"))},
            {", ".join(f"p.{c}" for c in order.columns)}
        from {source} where {" and ".join(where)}
        order by {order.by()} limit {limit + 1}
    """  # nosec B608
    return await reader.rows(text, *sql.arguments)


async def _few_are_free(reader: Reader, wanted: Wanted) -> bool:
    """Whether so few slots lie in the period that it is better to begin with them than to go
    through the consultants.
    """
    sql = Statement()
    text = f"""
        select count(*)
        from (select from directory.free_slots f where {free_then(sql, wanted)} limit {FEW}) found
    """  # nosec B608
    count: int = await reader.value(text, *sql.arguments)
    return count < FEW


async def _found(
    reader: Reader, wanted: Wanted, limit: int, cursor: str | None, scope: str
) -> tuple[list[Any], tuple[str, ...]]:
    asked, filters = query_words(wanted.search or ""), conditions(wanted)
    if wanted.sort == "relevance":
        fit = _key(cursor, FIT, scope) if cursor is not None else None
        if not asked:
            return [], ()
        return await plans.best(reader, asked, filters, fit, limit + 1), ("fit", "quality", "no")
    order = ORDERS[wanted.sort]
    key = _key(cursor, [kind for kind, _ in order.types], scope) if cursor is not None else None
    if not asked:
        return [], ()
    return await matching(reader, asked, filters, order, key, limit + 1), order.columns


def _key(cursor: str, types: Sequence[Any], scope: str) -> tuple[Any, ...]:
    key = decode_cursor(cursor, types, scope)
    return tuple(utc(part, "cursor") if isinstance(part, datetime) else part for part in key)
