"""Payments: rows and domain objects. The only writer of the table, so of a payment's status.

A command or reaction loads a payment with `get_for_update`, which locks it for the rest of the
transaction, and changes it with `apply`, by a verb of the lifecycle, or `update`, which leaves the
status as it is. `apply` writes the event that announces the change in the same statement.

Booking's events may come in any order. So what they say is written by upserts (`accept`, `decide`,
`save_times`), which add the payment if it does not exist yet.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, case, literal, or_, select
from sqlalchemy import update as update_statement
from sqlalchemy.dialects.postgresql import insert

from services.payments.domain.lifecycle import LIFECYCLE, Actor, Verb
from services.payments.domain.model import Due, Payment, PaymentStatus
from services.payments.domain.policy import GIVEN_UP_REASON
from services.payments.tables import payments
from shared.clock import now
from shared.db import Query, Transaction
from shared.events import BookingEvent, PaymentEvent
from shared.ids import new_id
from shared.outbox import Emission, insert_events, sequences_of

_GET = Query(
    select(payments).where(payments.c.booking_id == bindparam("booking")).with_for_update()
)


def payment_from(row: Mapping[Any, Any]) -> Payment:
    """The Payment of a row."""
    due = Due(row["due"]) if row["due"] is not None else None
    return Payment(**{**row, "status": PaymentStatus(row["status"]), "due": due})


def event_fields(payment: Payment) -> dict[str, Any]:
    """The fields common to all events about a payment that is at Stripe."""
    return {
        "booking_id": payment.booking_id,
        "payment_intent_id": payment.payment_intent_id,
        "currency": payment.currency,
    }


async def get_for_update(db: Transaction, booking_id: UUID) -> Payment | None:
    """The payment of a booking, locked until the transaction ends; None if there is none."""
    return _first(await db(_GET, booking=booking_id))


def _first(rows: Sequence[Mapping[Any, Any]]) -> Payment | None:
    return payment_from(rows[0]) if rows else None


async def get_existing(db: Transaction, booking_id: UUID) -> Payment:
    """`get_for_update` of a payment that is known to be there."""
    payment = await get_for_update(db, booking_id)
    assert payment is not None
    return payment


async def apply(
    db: Transaction,
    payment: Payment,
    verb: Verb,
    by: Actor = Actor.SYSTEM,
    *,
    event: PaymentEvent | None = None,
    **values: Any,
) -> Payment | None:
    """Changes the payment's status by `verb`, writes `values` with it and `event` for other
    services, and returns the updated payment. If the verb does not apply because it came late or
    twice, nothing is written and the result is None.
    """
    status = LIFECYCLE.target(payment.status, verb, by)
    if status is None:
        return None
    events = () if event is None else (event,)
    return await _write(db, payment.booking_id, {**values, "status": status}, events)


async def update(db: Transaction, payment: Payment, **values: Any) -> Payment:
    """Writes `values`, which do not change the status, and returns the updated payment."""
    assert "status" not in values
    return await _write(db, payment.booking_id, values)


async def _write(
    db: Transaction, booking_id: UUID, values: dict[str, Any], events: Sequence[PaymentEvent] = ()
) -> Payment:
    given = {**values, "updated_at": now()}
    emission = Emission(*events)
    query = _update(tuple(given), len(events))
    (changed,) = await db(query, booking=booking_id, **given, **emission.parameters)
    row = dict(changed)
    if events:
        emission.written(db, row.pop("sequences"))
    return payment_from(row)


@functools.cache
def _update(columns: tuple[str, ...], events: int) -> Query:
    """Cached: building a statement takes as long as executing it, and there are only a dozen."""
    values: dict[str, Any] = {column: bindparam(column) for column in columns}
    statement = (
        update_statement(payments)
        .where(payments.c.booking_id == bindparam("booking"))
        .values(values)
        .returning(*payments.c)
    )
    if events:
        sequences = sequences_of(insert_events(events).cte("events"))
        statement = statement.returning(sequences.label("sequences"))
    return Query(statement)


# ---- booking's events, whether or not the payment exists yet

_COLUMNS = (
    "booking_id",
    "id",
    "seeker_id",
    "consultant_id",
    "scheduled_start",
    "scheduled_end",
    "calendar_sequence",
    "amount",
    "currency",
    "commission_bps",
    "status",
    "attempt",
    "created_at",
    "updated_at",
)
_DECISION = ("due", "due_amount", "due_reason")
_insert = insert(payments).values({name: bindparam(name) for name in _COLUMNS})
_new = _insert.excluded
# The times carry a number of their own, which says more than the sequence of the event that brought
# them (decision 0013).
_newest = payments.c.calendar_sequence < _new.calendar_sequence
_TIMES = ("scheduled_start", "scheduled_end", "calendar_sequence")
_ACCEPT = Query(
    _insert.on_conflict_do_update(
        index_elements=["booking_id"],
        set_={
            "status": PaymentStatus.AUTHORIZING,
            "attempt": _new.attempt,
            "failure": None,
            "updated_at": _new.updated_at,
            **{name: case((_newest, _new[name]), else_=payments.c[name]) for name in _TIMES},
        },
        where=(payments.c.attempt < _new.attempt)
        & payments.c.status.in_(
            [literal(row.source) for row in LIFECYCLE.transitions if row.verb == Verb.AUTHORIZE]
        )
        # Once booking has decided, only a first acceptance matters: a failed payment is charged by
        # then.
        & or_(
            payments.c.due.is_(None),
            and_(payments.c.due == Due.CAPTURE, payments.c.status == PaymentStatus.NONE),
        ),
    ).returning(*payments.c)
)
_SAVE_TIMES = Query(
    _insert.on_conflict_do_update(
        index_elements=["booking_id"],
        set_={name: _new[name] for name in (*_TIMES, "updated_at")},
        where=_newest,
    ).returning(*payments.c)
)
# Only the first decision counts; that a payment was given up is none.
_DECIDE = Query(
    _insert.values({name: bindparam(name) for name in _DECISION})
    .on_conflict_do_update(
        index_elements=["booking_id"],
        set_={name: _new[name] for name in (*_DECISION, "updated_at")},
        where=or_(payments.c.due.is_(None), payments.c.due_reason == literal(GIVEN_UP_REASON)),
    )
    .returning(*payments.c)
)


async def _write_event(
    db: Transaction, query: Query, event: BookingEvent, **values: Any
) -> Payment | None:
    at = now()
    row = {
        "booking_id": event.booking_id,
        "id": new_id(),
        "seeker_id": event.seeker_id,
        "consultant_id": event.consultant_id,
        "scheduled_start": event.scheduled_start,
        "scheduled_end": event.scheduled_end,
        "calendar_sequence": event.calendar_sequence,
        "amount": event.amount,
        "currency": event.currency,
        "commission_bps": event.commission_bps,
        "created_at": at,
        "updated_at": at,
    }
    return _first(await db(query, **row, **values))


async def accept(db: Transaction, event: BookingEvent, attempt: int) -> Payment | None:
    """Starts (or restarts) the authorisation of a booking's payment. None if this attempt is known,
    or the booking was cancelled before it arrived.
    """
    status = PaymentStatus.AUTHORIZING
    return await _write_event(db, _ACCEPT, event, status=status, attempt=attempt)


async def decide(
    db: Transaction,
    event: BookingEvent,
    due: Due,
    amount: int,
    *,
    reason: str,
) -> Payment | None:
    """Stores what booking has decided. If that arrives before the acceptance or the bank's
    response, it stays in the row until then; if it arrives after the payment was given up, it
    replaces that. None if there is a decision already.
    """
    return await _write_event(
        db,
        _DECIDE,
        event,
        status=PaymentStatus.NONE,
        attempt=0,
        due=due,
        due_amount=min(amount, event.amount),
        due_reason=reason,
    )


async def save_times(db: Transaction, event: BookingEvent) -> Payment | None:
    """Stores a booking's new times. If they arrive before the acceptance, they stay in the row
    until then. None if newer ones are known.
    """
    return await _write_event(db, _SAVE_TIMES, event, status=PaymentStatus.NONE, attempt=0)
