"""Stripe's events, each stored once by its id, whatever its type, API version or account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, bindparam, func, text, update
from sqlalchemy.dialects.postgresql import insert

from services.payments.signals import stripe_events_due
from services.payments.tables import gap_poll, stripe_events
from shared.clock import now
from shared.db import Database, Query, Reader, Transaction

Id = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.:-]{1,255}$")]
Type = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.\[\]-]{1,200}$")]

# The event of our own step is handled later, when there is nearly always nothing left to do, so
# that it does not compete with the step.
ECHO_PAUSE = timedelta(seconds=20)


class Subject(msgspec.Struct):
    """The object that an event is about. Its snapshot may be outdated, so little but its id is
    used.
    """

    id: Id | None = None
    object: str | None = None
    metadata: dict[str, Any] | None = None
    payment_intent: Any = None
    charge: Any = None


class Data(msgspec.Struct):
    """The object that an event is about."""

    object: Subject | None = None


class Cause(msgspec.Struct):
    """The request that caused an event."""

    idempotency_key: str | None = None


class StripeEvent(msgspec.Struct):
    """The part of an event that is acted on; snapshot (v1) and thin (v2) alike, of whatever API
    version.
    """

    id: Id
    type: Type
    livemode: bool = False
    account: Id | None = None
    api_version: str | None = None
    created: Any = None  # seconds since 1970; in thin events a text
    data: Data | None = None
    related_object: Subject | None = None
    request: Cause | str | None = None  # a bare id in events of very old API versions

    @property
    def subject(self) -> Subject:
        """The object that the event is about."""
        if self.related_object is not None:
            return self.related_object
        return (self.data.object if self.data else None) or Subject()

    @property
    def created_at(self) -> datetime | None:
        """When a snapshot event was created, in whole seconds; None for a thin one."""
        return datetime.fromtimestamp(self.created, UTC) if isinstance(self.created, int) else None

    @property
    def echo(self) -> bool:
        """Whether it was caused by a step of this service, which is recording the same from the
        answer at this moment.
        """
        key = self.request.idempotency_key if isinstance(self.request, Cause) else None
        return key is not None and key.startswith("booking:")


_decoder = msgspec.json.Decoder(StripeEvent)


def read(body: bytes) -> StripeEvent:
    """Decodes an event. Raises msgspec.DecodeError (or ValidationError) for anything else."""
    return _decoder.decode(body)


_KEEP = Query(
    insert(stripe_events)
    .values({column: bindparam(column) for column in (
        "event_id", "type", "account", "livemode", "api_version", "object_id", "body", "state",
        "due_at", "received_at",
    )} | {"tries": 0})
    .on_conflict_do_nothing()
    .returning(stripe_events.c.event_id)
)  # fmt: skip


async def keep(database: Database, event: StripeEvent, body: bytes, *, handled: bool) -> bool:
    """Stores an event once and wakes the job; returns whether it was new. `handled`: there is a
    handler for its type.
    """
    at = now()
    version = event.api_version
    added = await database.autocommit(
        _KEEP,
        event_id=event.id,
        type=event.type,
        account=event.account,
        livemode=event.livemode,
        api_version=version[:100].replace("\0", "") if version else None,
        object_id=event.subject.id,
        body=body,
        state="pending" if handled else "ignored",
        due_at=at + ECHO_PAUSE if event.echo else at,
        received_at=at,
    )
    if handled and added and not event.echo:
        stripe_events_due.wake()
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
    return await _make_pending(db, stripe_events.c.state == "failed")


async def _make_pending(db: Transaction, which: ColumnElement[bool]) -> int:
    again = update(stripe_events).where(which)
    values = {"state": "pending", "tries": 0, "due_at": func.now(), "last_error": None}
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
