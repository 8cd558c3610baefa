"""Filters for the list of consultants."""

# ruff: noqa: S608 - composed of constants; client input is passed only to Statement.bind

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from services.directory.domain.model import Sort
from services.directory.search.statement import Statement
from shared.clock import now

Conditions = Callable[[Statement], list[str]]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """The filters that a client asks for. `tags` and `language` are keys as stored; `min_average`
    is in hundredths; `verified_only` is a setting of the installation, not chosen by the client.
    """

    search: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    min_average: int | None = None
    max_hourly_rate: int | None = None
    available_from: datetime | None = None
    available_to: datetime | None = None
    sort: Sort = "relevance"
    verified_only: bool = False

    @property
    def when(self) -> bool:
        """Whether the list depends on free time."""
        return self.available_from is not None or self.available_to is not None


def conditions(wanted: Wanted) -> Conditions:
    """The filters in `wanted` as conditions on consultant_profiles as `p`, for any statement that
    needs them.
    """

    def build(sql: Statement) -> list[str]:
        found: list[str] = []
        if wanted.verified_only:
            found.append("p.email_verified")
        if wanted.tags:
            found.append(f"p.tag_keys @> {sql.bind(list(wanted.tags), 'text[]')}")
        if wanted.language is not None:
            found.append(f"p.language_keys @> {sql.bind([wanted.language], 'text[]')}")
        if wanted.min_average is not None:
            found.append(f"p.average_hundredths >= {sql.bind(wanted.min_average, 'int')}")
        if wanted.max_hourly_rate is not None:
            found.append(f"p.hourly_rate <= {sql.bind(wanted.max_hourly_rate, 'int')}")
        if wanted.when:
            # A subquery that the planner must not turn into a join: its estimate of the slots in a
            # period is only a guess.
            soonest = f"{sql.bind(now(), 'timestamptz')} + p.minimum_notice"
            slot = (
                f"f.consultant_id = p.consultant_id and {free_then(sql, wanted)}"
                f" and f.start_time > {soonest}"
            )
            found.append(f"(select true from directory.free_slots f where {slot} limit 1)")  # nosec B608
        return found

    return build


def free_then(sql: Statement, wanted: Wanted) -> str:
    """Condition: free slot `f` lies within the requested period, and has not begun. Whether the
    consultant's minimum notice has passed it is known to `conditions` alone.
    """
    at = now()
    found = f"f.start_time >= {sql.bind(max(at, wanted.available_from or at), 'timestamptz')}"
    if wanted.available_to is None:
        return found
    end = sql.bind(wanted.available_to, "timestamptz")
    return f"{found} and f.start_time < {end} and f.end_time <= {end}"
