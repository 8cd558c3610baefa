"""Refunds: asked for by the consultant here, or made by an operator in Stripe's Dashboard.
Commission and share go back in proportion.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.payments import ledger
from services.payments.commands.division import commission_between, divide, remaining
from services.payments.commands.payments import Payment, change, load
from services.payments.domain import lifecycle
from services.payments.errors import NotRefundable, PaymentDisputedAlready, RefundTooLarge
from services.payments.store import operations as queue
from services.payments.stripe_api import Stripe, intents
from services.payments.tables import refunds
from shared.clock import now
from shared.db import Database
from shared.events import PaymentRefunded
from shared.ids import new_id
from shared.outbox import emit
from shared.problems import NotFound

RefundRow = Row[Any]


async def request_refund(
    db: AsyncConnection, booking_id: UUID, by: UUID, amount: int | None, reason: str
) -> RefundRow:
    """Notes a refund of `amount` (all that is left when None) and plans it. Raises NotFound,
    NotRefundable, RefundTooLarge, PaymentDisputedAlready.
    """
    payment = await load(db, booking_id)
    if payment is None or payment.consultant_id != by:
        raise NotFound
    if payment.status == "disputed":
        raise PaymentDisputedAlready
    left = payment.captured_amount - payment.refunded_amount - await _pending(db, booking_id)
    if payment.status != "captured" or left <= 0:
        raise NotRefundable
    if amount is not None and amount > left:
        raise RefundTooLarge(f"At most {left} can be refunded.")
    row = await _add(db, payment, amount or left, reason, requested_by=by)
    params = {
        "booking_id": str(booking_id),
        "charge": payment.charge_id,
        "amount": row.amount,
        "refund": str(row.id),
    }
    await queue.plan(db, "refund", booking_id, params)
    return row


async def _pending(db: AsyncConnection, booking_id: UUID) -> int:
    total = await db.scalar(
        select(func.coalesce(func.sum(refunds.c.amount), 0))
        .where(refunds.c.booking_id == booking_id)
        .where(refunds.c.state == "pending")
    )
    return int(total or 0)


async def _add(
    db: AsyncConnection, payment: Payment, amount: int, reason: str, **values: Any
) -> RefundRow:
    at = now()
    added = await db.execute(
        insert(refunds)
        .values(
            id=new_id(),
            booking_id=payment.booking_id,
            amount=amount,
            commission_amount=0,
            reason=reason,
            state="pending",
            created_at=at,
            updated_at=at,
            **values,
        )
        .returning(refunds)
    )
    made: RefundRow = added.one()
    return made


async def row(db: AsyncConnection, refund_id: UUID) -> RefundRow:
    """One refund."""
    found: RefundRow = (await db.execute(select(refunds).where(refunds.c.id == refund_id))).one()
    return found


async def apply(db: AsyncConnection, payment: Payment, refund: RefundRow, stripe_id: str) -> None:
    """Writes a refund that Stripe has made: payment, ledger, payout; tells it. Once."""
    if refund.state == "succeeded":
        return
    refunded = payment.refunded_amount + refund.amount
    status = (
        lifecycle.advance(payment.status, "refund") if refunded == payment.captured_amount else None
    )
    before = await remaining(db, payment)
    changed = await change(
        db, payment.booking_id, refunded_amount=refunded, status=status or payment.status
    )
    after = await remaining(db, changed)
    commission = commission_between(payment, before, after)
    await db.execute(
        update(refunds)
        .where(refunds.c.id == refund.id)
        .values(
            state="succeeded", refund_id=stripe_id, commission_amount=commission, updated_at=now()
        )
    )
    await ledger.post(
        db, payment.booking_id, payment.currency, ("refund", stripe_id, refund.amount)
    )
    await emit(
        db,
        PaymentRefunded(
            booking_id=payment.booking_id,
            payment_intent_id=payment.payment_intent_id,
            amount=refund.amount,
            currency=payment.currency,
            reason=refund.reason,
            kept_amount=payment.captured_amount - refunded,
            payment_status=changed.status,
        ),
    )
    await divide(db, changed, before=before, after=after, stripe_object=stripe_id)


async def check_refunds(database: Database, stripe: Stripe, charge_id: str) -> None:
    """Compares the refunds of a charge with ours: takes over those made in the Dashboard, and notes
    those that failed at the bank.
    """
    known = await database.reader.row(
        "select booking_id from payments.payments where charge_id = $1 and captured_amount > 0",
        charge_id,
    )
    if known is None:
        return  # a hold that was let go is also told as a refund
    found = await intents.refunds_of(stripe, charge_id)
    async with database.transaction() as db:
        for refund in reversed(found):
            payment = await load(db, known["booking_id"])
            assert payment is not None
            await _compare(db, payment, refund)


async def _compare(db: AsyncConnection, payment: Payment, refund: intents.Refund) -> None:
    ours = (await db.execute(select(refunds).where(refunds.c.refund_id == refund.id))).one_or_none()
    failed = refund.status in ("failed", "canceled")
    if ours is None and not failed and "operation" not in refund.metadata:
        made = await _add(db, payment, refund.amount, "made at Stripe")
        await apply(db, payment, made, refund.id)
    elif ours is not None and failed and ours.state == "succeeded":
        await _undo(db, payment, ours)


async def _undo(db: AsyncConnection, payment: Payment, refund: RefundRow) -> None:
    """The bank sent the refund back: the money is ours again, and the consultant's."""
    await db.execute(
        update(refunds)
        .where(refunds.c.id == refund.id)
        .values(state="failed", failure="returned_by_bank", updated_at=now())
    )
    before = await remaining(db, payment)
    changed = await change(
        db,
        payment.booking_id,
        refunded_amount=payment.refunded_amount - refund.amount,
        status="disputed" if payment.status == "disputed" else "captured",
    )
    await ledger.post(
        db, payment.booking_id, payment.currency, ("refund_failed", refund.refund_id, refund.amount)
    )
    await emit(
        db,
        PaymentRefunded(
            booking_id=payment.booking_id,
            payment_intent_id=payment.payment_intent_id,
            amount=-refund.amount,
            currency=payment.currency,
            reason="returned_by_bank",
            kept_amount=changed.captured_amount - changed.refunded_amount,
            payment_status=changed.status,
        ),
    )
    after = await remaining(db, changed)
    await divide(db, changed, before=before, after=after, stripe_object=refund.refund_id)
