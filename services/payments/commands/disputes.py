"""Disputes: while the cardholder's bank has the money, the consultant's share is held or taken
back; winning restores it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.payments import ledger
from services.payments.commands.division import split_between_parties
from services.payments.domain.lifecycle import Verb
from services.payments.domain.model import Payment
from services.payments.domain.policy import commission_between
from services.payments.store import payments as store
from services.payments.store.payouts import remaining
from services.payments.stripe_api import Stripe, events
from services.payments.stripe_api.events import Dispute
from services.payments.tables import disputes
from shared.clock import now
from shared.db import Database
from shared.events import PaymentDisputed
from shared.outbox import emit

OUTCOMES = {"won": "won", "lost": "lost", "prevented": "won"}


async def check_dispute(database: Database, stripe: Stripe, dispute_id: str) -> None:
    """Looks at a dispute at Stripe and does what its state asks for, each once. An inquiry
    (`warning_…`) takes no money yet.
    """
    dispute = await events.dispute(stripe, dispute_id)
    if dispute.status.startswith("warning"):
        return
    booking_id: UUID | None = await database.reader.value(
        "select booking_id from payments.payments where charge_id = $1", dispute.charge_id
    )
    if booking_id is None:
        return  # a charge that is not of this platform's bookings
    async with database.transaction() as db:
        payment = await store.get_existing(db, booking_id)
        row = await _row(db, dispute.id)
        if row is None:
            payment = await _open(db, payment, dispute)
            row = await _row(db, dispute.id)
        elif dispute.fee != row.fee:
            await _record_fee(db, payment, row, dispute)
            row = await _row(db, dispute.id)
        outcome = OUTCOMES.get(dispute.status, "open")
        if row.outcome == "open" and outcome != "open":
            await _decide(db, payment, row, outcome)
        await db.execute(
            update(disputes)
            .where(disputes.c.dispute_id == dispute.id)
            .values(status=dispute.status)
        )


async def _row(db: AsyncConnection, dispute_id: str) -> Any:
    return (
        await db.execute(select(disputes).where(disputes.c.dispute_id == dispute_id))
    ).one_or_none()


async def _open(db: AsyncConnection, payment: Payment, dispute: Dispute) -> Payment:
    """Stripe has taken the amount and a fee from our balance: the share of it is frozen, or taken
    back.
    """
    before = await remaining(db, payment)
    after = max(before - dispute.amount, 0)
    commission = commission_between(payment, before, after)
    await db.execute(
        insert(disputes).values(
            dispute_id=dispute.id,
            booking_id=payment.booking_id,
            amount=dispute.amount,
            currency=dispute.currency,
            fee=dispute.fee,
            commission_amount=commission,
            share=before - after - commission,
            reason=dispute.reason,
            status=dispute.status,
            outcome="open",
            opened_at=now(),
        )
    )
    changed = await store.apply(db, payment, Verb.DISPUTE) or payment
    await ledger.post(
        db,
        payment.booking_id,
        payment.currency,
        ("dispute", dispute.id, dispute.amount),
        ("stripe_fee", dispute.id, dispute.fee),
    )
    await _emit(db, changed, dispute.amount, "opened")
    await split_between_parties(db, changed, before=before, after=after, stripe_object=dispute.id)
    return changed


async def _record_fee(db: AsyncConnection, payment: Payment, row: Any, dispute: Dispute) -> None:
    """Stripe takes its fee a little after it has told of the dispute."""
    fee = ("stripe_fee", dispute.id, dispute.fee)
    await ledger.post(db, payment.booking_id, payment.currency, fee)
    if row.fee == 0:  # what is in the ledger stays as it was posted
        await db.execute(
            update(disputes).where(disputes.c.dispute_id == dispute.id).values(fee=dispute.fee)
        )


async def _decide(db: AsyncConnection, payment: Payment, row: Any, outcome: str) -> None:
    """The bank has decided. Won: the money and the fee are back, and the consultant is paid
    again.
    """
    before = await remaining(db, payment)
    await db.execute(
        update(disputes)
        .where(disputes.c.dispute_id == row.dispute_id)
        .values(outcome=outcome, closed_at=now())
    )
    if outcome == "won":
        payment = await _restore(db, payment, row, before)
    await _emit(db, payment, row.amount, outcome)


async def _restore(db: AsyncConnection, payment: Payment, row: Any, before: int) -> Payment:
    changed = await store.apply(db, payment, Verb.WIN) or payment
    if changed.refunded_amount == changed.captured_amount:
        changed = await store.apply(db, changed, Verb.REFUND) or changed
    await ledger.post(
        db,
        payment.booking_id,
        payment.currency,
        ("dispute_won", row.dispute_id, row.amount),
        ("fee_returned", row.dispute_id, row.fee),
    )
    after = await remaining(db, changed)
    await split_between_parties(
        db, changed, before=before, after=after, stripe_object=row.dispute_id
    )
    return changed


async def _emit(db: AsyncConnection, payment: Payment, amount: int, reason: str) -> None:
    await emit(
        db,
        PaymentDisputed(
            booking_id=payment.booking_id,
            payment_intent_id=payment.payment_intent_id,
            amount=amount,
            currency=payment.currency,
            reason=reason,
            payment_status=payment.status,
        ),
    )
