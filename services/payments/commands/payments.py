"""What a kind of step is, and what follows from a payment's state."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate

from services.payments.domain import lifecycle
from services.payments.store import operations as queue
from services.payments.store.operations import Operation
from services.payments.stripe_api import Declined, Refused, Stripe
from services.payments.tables import payments
from shared.clock import now
from shared.events import PaymentReleased
from shared.outbox import emit

Payment = Row[Any]


class Kind(NamedTuple):
    """One kind of step. `send` asks Stripe, `find` looks whether it was done all the same (None: it
    was not), and the others record an outcome in the transaction that they are given, in which the
    payment is locked.
    """

    send: Callable[[Stripe, Operation], Awaitable[Any]]
    find: Callable[[Stripe, Operation], Awaitable[Any | None]]
    succeed: Callable[[AsyncConnection, Operation, Payment, Any], Awaitable[None]]
    refuse: Callable[[AsyncConnection, Operation, Payment, Refused], Awaitable[None]]
    decline: Callable[[AsyncConnection, Operation, Payment, Declined], Awaitable[None]] | None = (
        None
    )


_LOAD = select(payments).where(payments.c.booking_id == bindparam("booking")).with_for_update()


async def load(db: AsyncConnection, booking_id: UUID) -> Payment | None:
    """The payment of a booking, locked until the transaction ends."""
    found = await db.execute(_LOAD, {"booking": booking_id})
    row: Payment | None = found.one_or_none()
    return row


async def change(db: AsyncConnection, booking_id: UUID, **values: Any) -> Payment:
    """Writes `values` to the payment; the row as it is then."""
    values["updated_at"] = now()
    changed = await db.execute(_change(tuple(values)), {"booking": booking_id, **values})
    row: Payment = changed.one()
    return row


@functools.cache
def _change(columns: tuple[str, ...]) -> ReturningUpdate[Any]:
    """To build a statement takes as long as to run it; there are a dozen sets of columns."""
    values: dict[str, Any] = {column: bindparam(column) for column in columns}
    return (
        update(payments)
        .where(payments.c.booking_id == bindparam("booking"))
        .values(values)
        .returning(*payments.c)
    )


def intent_params(payment: Payment, amount: int, **more: Any) -> dict[str, Any]:
    """What a new PaymentIntent of this booking is made with; the card comes at the claim."""
    return {
        "booking_id": str(payment.booking_id),
        "seeker_id": str(payment.seeker_id),
        "amount": amount,
        "currency": payment.currency,
        **more,
    }


async def proceed(db: AsyncConnection, payment: Payment) -> None:
    """Plans what the payment waits for, now that its status or what is due has changed."""
    amount = payment.due_amount or 0
    step = lifecycle.next_step(
        payment.status, payment.due, amount=amount, has_intent=payment.payment_intent_id is not None
    )
    booking_id = payment.booking_id
    if step == "capture":
        await queue.drop_unsent(db, booking_id, "renew")
        await queue.plan(
            db, "capture", booking_id, {"intent": payment.payment_intent_id, "amount": amount}
        )
    elif step == "charge":
        await queue.plan(db, "charge", booking_id, intent_params(payment, amount))
    elif step == "release":
        await queue.drop_unsent(db, booking_id, "renew", "charge")
        await queue.plan(db, "release", booking_id, {"intent": payment.payment_intent_id})
    elif step == "close":
        await release(db, payment)
    elif step == "withdraw" and await queue.drop_unsent(db, booking_id, "authorize"):
        has_intent = payment.payment_intent_id is not None  # of an earlier attempt
        if has_intent:
            await queue.plan(db, "release", booking_id, {"intent": payment.payment_intent_id})
        else:
            await release(db, payment)


async def release(db: AsyncConnection, payment: Payment) -> None:
    """Nothing is held any more, and nothing was charged."""
    status = lifecycle.advance(payment.status, "release")
    if status is None:
        return
    await change(db, payment.booking_id, status=status, capture_before=None)
    await emit(
        db,
        PaymentReleased(
            booking_id=payment.booking_id,
            payment_intent_id=payment.payment_intent_id,
            amount=payment.amount if payment.payment_intent_id else 0,
            currency=payment.currency,
            reason=payment.due_reason,
        ),
    )
