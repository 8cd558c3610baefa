"""Stripe's events, each stored once by its id, whatever its type, API version or account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, text, update
from sqlalchemy.dialects.postgresql import insert

from services.payments.domain.model import StripeEventState
from services.payments.stripe_api.events import StripeEvent
from services.payments.tables import gap_poll, stripe_events
from shared.clock import now
from shared.db import Database, Query, Reader, Transaction

_ADD = Query(
    insert(stripe_events)
    .values({column: bindparam(column) for column in (
        "event_id", "type", "account", "livemode", "api_version", "object_id", "body", "state",
        "due_at", "received_at",
    )} | {"tries": 0})
    .on_conflict_do_nothing()
    .returning(stripe_events.c.event_id)
)  # fmt: skip


async def add(
    database: Database,
    event: StripeEvent,
    body: bytes,
    *,
    state: StripeEventState,
    at: datetime,
    due: datetime,
) -> bool:
    """Stores an event that was received `at` that time, to be handled at `due` if it is pending;
    False if it is stored already.
    """
    version = event.api_version
    added = await database.autocommit(
        _ADD,
        event_id=event.id,
        type=event.type,
        account=event.account,
        livemode=event.livemode,
        api_version=version[:100].replace("\0", "") if version else None,
        object_id=event.subject.id,
        body=body,
        state=state,
        due_at=due,
        received_at=at,
    )
    return bool(added)


_CLAIM = Query(text(
    """
    with picked as (
        select event_id from payments.stripe_events where state = 'pending' and due_at <= :at
        order by due_at limit :most for update skip locked
    )
    update payments.stripe_events as e set tries = tries + 1, due_at = :until
    from picked where picked.event_id = e.event_id
    returning e.event_id, e.type, e.body, e.tries
    """
))  # fmt: skip


class Claimed(NamedTuple):
    """A pending event that is claimed until the lease expires."""

    event_id: str
    type: str
    body: bytes
    tries: int


async def claim(database: Database, most: int, lease: timedelta) -> list[Claimed]:
    """Claims up to `most` pending events that are due, for the time of `lease`."""
    at = now()
    rows = await database.autocommit(_CLAIM, at=at, until=at + lease, most=most)
    return [Claimed(*row) for row in rows]


async def save(db: Transaction, ids: Sequence[str], **values: Any) -> None:
    """Writes `values` to these events."""
    await db.execute(
        update(stripe_events).where(stripe_events.c.event_id.in_(ids)).values(**values)
    )


async def make_pending(db: Transaction, ids: Sequence[str]) -> int:
    """Makes these events pending again, as if they had just arrived; returns how many there are."""
    return await _make_pending(db, stripe_events.c.event_id.in_(ids))


async def make_failed_pending(db: Transaction) -> int:
    """`make_pending` for all events that have failed."""
    return await _make_pending(db, stripe_events.c.state == StripeEventState.FAILED)


async def _make_pending(db: Transaction, which: ColumnElement[bool]) -> int:
    again = update(stripe_events).where(which)
    values = {
        "state": StripeEventState.PENDING,
        "tries": 0,
        "due_at": func.now(),
        "last_error": None,
    }
    return (await db.execute(again.values(values))).rowcount


async def stored_ids(reader: Reader, ids: Sequence[str]) -> set[str]:
    """Those of `ids` whose events are stored."""
    rows = await reader.rows(
        "select event_id from payments.stripe_events where event_id = any($1::text[])", ids
    )
    return {row["event_id"] for row in rows}


async def polled_until(reader: Reader) -> datetime | None:
    """Up to when Stripe's events have been listed; None if they never were."""
    found: datetime | None = await reader.value("select polled_until from payments.gap_poll")
    return found


async def save_polled_until(db: Transaction, at: datetime) -> None:
    """Writes up to when Stripe's events have been listed."""
    new = insert(gap_poll).values(id=1, polled_until=at)
    await db.execute(new.on_conflict_do_update(index_elements=["id"], set_={"polled_until": at}))
