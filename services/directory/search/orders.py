"""The sort orders of the list. Each is total, so that a page can begin where the previous one
ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

from services.directory.domain.model import Sort
from services.directory.queries import Instant
from services.directory.search.postings import STRONG
from services.directory.search.statement import Statement

# Types of qualities and ranks; the index adds STRONG to them within a smallint.
Small = Annotated[int, msgspec.Meta(ge=0, lt=STRONG)]
Number = Annotated[int, msgspec.Meta(ge=0, le=(1 << 31) - 1)]


class Order(msgspec.Struct, frozen=True):
    """A sort order: the columns of its key (the last one makes it total), all ascending or all
    descending, and the types of a cursor's parts with their SQL names.
    """

    columns: tuple[str, ...]
    types: tuple[tuple[Any, str], ...]
    descending: bool = True

    def by(self) -> str:
        """The columns for ORDER BY."""
        direction = " desc" if self.descending else ""
        return ", ".join(f"p.{column}{direction}" for column in self.columns)

    def after(self, sql: Statement, key: Sequence[Any]) -> str:
        """The condition that a row comes after `key`."""
        columns = ", ".join(f"p.{column}" for column in self.columns)
        values = ", ".join(sql.bind(v, name) for v, (_, name) in zip(key, self.types, strict=True))
        return f"({columns}) {'<' if self.descending else '>'} ({values})"


ORDERS: dict[Sort, Order] = {
    "relevance": Order(("quality", "no"), ((Small, "smallint"), (Number, "int"))),
    "rating": Order(
        ("rating_rank", "rating_count", "no"),
        ((Small, "smallint"), (Number, "int"), (Number, "int")),
    ),
    "rate": Order(("hourly_rate", "no"), ((Number, "int"), (Number, "int")), descending=False),
    "newest": Order(("created_at", "no"), ((Instant, "timestamptz"), (Number, "int"))),
}
# For a search by relevance: how well the words match (smaller is better), then as above.
FIT = (Small, Small, Number)
