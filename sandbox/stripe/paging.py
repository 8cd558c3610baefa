"""Lists as Stripe pages them: newest first, cursors by id, filters by equality and by `created`."""

from collections.abc import Iterable
from typing import Any

import msgspec

from sandbox.stripe.errors import missing, refused
from sandbox.stripe.rows import Body
from sandbox.stripe.store import Store

Row = tuple[int, int, bytes]
BOUNDS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def limit_of(params: Body) -> int:
    """1 to 100, 10 when absent. Raises 400 outside."""
    limit: int = params.get("limit", 10)
    if limit > 100:
        raise refused(
            f"This value must be less than or equal to 100 (it currently is '{limit}').",
            "parameter_invalid_integer",
            "limit",
        )
    if limit < 1:
        raise refused(
            f"This value must be greater than or equal to 1 (it currently is '{limit}').",
            "parameter_invalid_integer",
            "limit",
        )
    return limit


def page(store: Store, shelf: str, params: Body, url: str, filters: Body | None = None) -> Body:
    """One page. `filters` are facets (see `store.FACETS`); one of them may have several values."""
    store.flush()
    limit = limit_of(params)
    backwards = bool(params.get("ending_before"))
    where, values = _bounds(store, shelf, params, backwards)
    wanted = {field: value for field, value in (filters or {}).items() if value is not None}
    rows = _rows(store, shelf, wanted, where, values, limit + 1, backwards)
    more = len(rows) > limit
    rows = rows[:limit]
    if backwards:
        rows.reverse()
    data = [msgspec.json.decode(raw) for _, _, raw in rows]
    return {"object": "list", "url": url, "has_more": more, "data": data}


def newest(store: Store, shelf: str, filters: Body) -> list[Body]:
    """Every object that matches, newest first: for the few that belong to one charge or
    transfer.
    """
    store.flush()
    return [
        msgspec.json.decode(raw) for _, _, raw in _rows(store, shelf, filters, [], [], -1, False)
    ]


def _bounds(store: Store, shelf: str, params: Body, backwards: bool) -> tuple[list[str], list[Any]]:
    where: list[str] = []
    values: list[Any] = []
    created = params.get("created")
    if isinstance(created, int):
        created = {"gte": created, "lte": created}
    for name, value in (created or {}).items():
        if name in BOUNDS:
            where.append(f"t.created {BOUNDS[name]} ?")
            values.append(value)
    cursor = "ending_before" if backwards else "starting_after"
    if params.get(cursor):
        if store.shelf(params[cursor]) != shelf:
            raise missing(shelf.partition("@")[0], params[cursor], cursor)
        at, seq = store.position(params[cursor])
        sign = ">" if backwards else "<"
        where.append(f"t.created {sign}= ? AND (t.created, t.seq) {sign} (?, ?)")
        values += [at, at, seq]
    return where, values


def _rows(
    store: Store,
    shelf: str,
    wanted: Body,
    where: list[str],
    values: list[Any],
    limit: int,
    backwards: bool,
) -> list[Row]:
    several = next(
        (field for field, value in wanted.items() if isinstance(value, list | tuple)), None
    )
    if several is None:
        return _select(store, shelf, list(wanted.items()), where, values, limit, backwards)
    # One bounded query per value: an IN would sort all matches.
    rest = [(field, value) for field, value in wanted.items() if field != several]
    rows = [
        row
        for value in set(wanted[several])
        for row in _select(store, shelf, [(several, value), *rest], where, values, limit, backwards)
    ]
    rows.sort(key=lambda row: row[:2], reverse=not backwards)
    return rows[:limit]


def _select(
    store: Store,
    shelf: str,
    wanted: list[tuple[str, Any]],
    where: Iterable[str],
    values: list[Any],
    limit: int,
    backwards: bool,
) -> list[Row]:
    order = "" if backwards else " DESC"
    if not wanted:
        source, conditions, bound = "object t", ["t.shelf = ?"], [shelf]
        body = "t.body"
    else:
        source = "facet t JOIN object o ON o.seq = t.seq"
        conditions, bound = ["t.shelf = ? AND t.field = ? AND t.value = ?"], [shelf, *wanted[0]]
        body = "o.body"
    for field, value in wanted[1:]:
        conditions.append(
            "EXISTS (SELECT 1 FROM facet f WHERE f.shelf = ? AND f.field = ? AND f.value = ?"
            " AND f.created = t.created AND f.seq = t.seq)"
        )
        bound += [shelf, field, value]
    clause = " AND ".join([*conditions, *where])
    statement = (
        f"SELECT t.created, t.seq, {body} FROM {source} WHERE {clause}"  # noqa: S608  # nosec B608 # names of ours; values are bound
        f" ORDER BY t.created{order}, t.seq{order} LIMIT ?"
    )
    return store.db.execute(statement, (*bound, *values, limit)).fetchall()
