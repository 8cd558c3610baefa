"""What is stale, and projections: copies of another service's data, kept by its events.

Events of one aggregate arrive in any order. Their producer numbers them with `sequence`, and
whether an event is stale is decided only here, by comparison with the `last_sequence` stored in a
row: in Python by `is_stale`, in SQL by `projection`; and `is_superseded` whether an event processed
before has become so. Clocks play no part.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, and_, case, func, or_
from sqlalchemy.dialects.postgresql import Insert, insert

from shared.deliveries import UNNUMBERED, event_sequence


def is_stale(last_sequence: int | None) -> bool:
    """Whether the event being processed is not newer than `last_sequence`, which is None if no
    event has been applied yet.
    """
    sequence = event_sequence()
    return sequence != UNNUMBERED and last_sequence is not None and sequence <= last_sequence


def is_superseded(sequence: int, newest: int | None) -> bool:
    """Whether an event processed before, with this `sequence`, is older than the event of its
    aggregate with the sequence `newest`, which is None if there was none.
    """
    return newest is not None and UNNUMBERED < sequence < newest


def latest_sequence(last_sequence: int | None) -> int:
    """The `last_sequence` to store in a row after applying the event being processed."""
    return max(last_sequence or 0, event_sequence())


def projection(
    table: Table, *columns: str, sequence: str = "last_sequence", **others: tuple[str, ...]
) -> Insert:
    """A statement that maintains a projection of another service's data: inserts a row, or updates
    `columns` of an existing row unless a newer event has been applied to them. Execute it with the
    row and `event_sequence()` as the column `sequence`; no returned row, or rowcount 0, means that
    the event was stale.

    Columns that only some events carry have a sequence of their own: `others` are these by the name
    of its column, which is null in the row of an event without them; it changes none of them.
    Raises ValueError if two projections of a table update different columns under one sequence,
    because the newer event would make data stale that it does not carry.
    """
    groups = {sequence: columns, **others}
    statement = insert(table)
    changes: dict[str, Any] = {}
    newer = []
    for name, guarded in groups.items():
        if set(table.info.setdefault(name, guarded)) != set(guarded):
            raise ValueError(f"{table.fullname}.{name} guards {table.info[name]}, not {guarded}")
        stored, new = table.c[name], statement.excluded[name]
        is_newer = and_(new.is_not(None), or_(stored.is_(None), stored < new, new == UNNUMBERED))
        newer.append(is_newer)
        changes[name] = func.greatest(stored, new)
        for column in guarded:
            changes[column] = case((is_newer, statement.excluded[column]), else_=table.c[column])
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns), set_=changes, where=or_(*newer)
    )
