"""Payments: rows and domain objects. The only writer of a payment's status.

A command or reaction loads a payment with `get_for_update`, which locks it for the rest of the
transaction, and changes it with `apply`, by a verb of the lifecycle, or `update`, which leaves the
status as it is. `apply` writes the event that announces the change in the same statement.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import and_, bindparam, case, exists, literal, or_, select
from sqlalchemy import update as update_statement
from sqlalchemy.dialects.postgresql import insert

from services.payments.domain.lifecycle import LIFECYCLE, Actor, Verb
from services.payments.domain.model import Due, Payment, PaymentStatus
from services.payments.domain.operations import StepKind, StepState
from services.payments.domain.policy import GIVEN_UP_REASON
from services.payments.tables import operations, payments, receipt_counters
from shared.clock import now
from shared.db import Query, Reader, Transaction
from shared.events import BookingEvent, PaymentEvent
from shared.ids import new_id
from shared.outbox import Emission, insert_events, sequences_of

_GET = Query(
    select(payments).where(payments.c.booking_id == bindparam("booking")).with_for_update()
)


def payment_from(row: Mapping[Any, Any]) -> Payment:
    """The Payment of a row."""
    return Payment(**_with_enums(row))


def _with_enums(row: Mapping[Any, Any]) -> dict[str, Any]:
    due = Due(row["due"]) if row["due"] is not None else None
    return {**row, "status": PaymentStatus(row["status"]), "due": due}


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


_counter = insert(receipt_counters).values(consultant_id=bindparam("consultant"), last_number=1)
_NEXT_NUMBER = _counter.on_conflict_do_update(
    index_elements=["consultant_id"],
    set_={"last_number": receipt_counters.c.last_number + 1},
).returning(receipt_counters.c.last_number)


async def next_receipt_number(db: Transaction, payment: Payment) -> int:
    """The number of the payment's receipt: the seller's next number, assigned in the transaction of
    the capture, so that there are no gaps. A payment that has a number keeps it.
    """
    if payment.receipt_number is not None:
        return payment.receipt_number
    number: int = await db.scalar(_NEXT_NUMBER, {"consultant": payment.consultant_id})
    return number


_DEBTS = (
    select(payments.c.booking_id)
    .where(payments.c.seeker_id == bindparam("seeker"))
    .where(payments.c.status == PaymentStatus.FAILED, payments.c.due == Due.CAPTURE)
    .where(
        ~exists()
        .where(operations.c.subject_id == payments.c.booking_id)
        .where(operations.c.kind == StepKind.CHARGE, operations.c.state == StepState.FAILED)
        .where(operations.c.params["payment_method"].as_string() == bindparam("card"))
    )
    .order_by(payments.c.booking_id)
)


async def debts_of(db: Transaction, seeker_id: UUID, payment_method_id: str) -> Sequence[UUID]:
    """The bookings whose price or fee the seeker owes and no hold covers, except those for which
    this card was declined.
    """
    values = {"seeker": seeker_id, "card": payment_method_id}
    return (await db.execute(_DEBTS, values)).scalars().all()


_UNSETTLED = (
    select(payments.c.booking_id)
    .where(payments.c.charge_id == bindparam("charge"))
    .where(payments.c.captured_amount > 0, payments.c.settled_currency.is_(None))
)


async def unsettled(db: Transaction, charge_id: str) -> UUID | None:
    """The booking of a captured charge that has not settled yet; None for any other."""
    return (await db.execute(_UNSETTLED, {"charge": charge_id})).scalar_one_or_none()


async def booking_of_charge(reader: Reader, charge_id: str) -> UUID | None:
    """The booking of a charge; None if it is not ours."""
    found: UUID | None = await reader.value(
        "select booking_id from payments.payments where charge_id = $1", charge_id
    )
    return found


async def booking_of_capture(reader: Reader, charge_id: str) -> UUID | None:
    """The booking of a charge that was captured; None for any other."""
    found: UUID | None = await reader.value(
        "select booking_id from payments.payments where charge_id = $1 and captured_amount > 0",
        charge_id,
    )
    return found


_TO_AUTHENTICATE = """
    select p.status, p.failure, p.due, p.payment_intent_id,
           coalesce(c.payment_method_id, case when not exists (
               select 1 from payments.operations as o
               where o.subject_id = p.seeker_id and o.kind = 'detach'
                 and o.params ->> 'payment_method' = p.payment_method_id
           ) then p.payment_method_id end) as card
    from payments.payments as p
    left join payments.cards as c on c.user_id = p.seeker_id and c.removed_at is null
    where p.booking_id = $1 and p.seeker_id = $2
"""


class PaymentToAuthenticate(msgspec.Struct, frozen=True):
    """What a seeker's authentication depends on; `card` is the id of the one that would be
    charged.
    """

    status: PaymentStatus
    failure: str | None
    due: Due | None
    payment_intent_id: str | None
    card: str | None


async def to_authenticate(
    reader: Reader, booking_id: UUID, seeker_id: UUID
) -> PaymentToAuthenticate | None:
    """The payment of a booking, as far as authentication needs it; None if it is not this
    seeker's.
    """
    row = await reader.row(_TO_AUTHENTICATE, booking_id, seeker_id)
    return PaymentToAuthenticate(**_with_enums(row)) if row is not None else None


# ---- events of booking, whether or not the payment exists yet

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
