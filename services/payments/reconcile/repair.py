"""Brings one booking back in line with Stripe: records what has happened at Stripe and plans the
next steps.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from services.payments import ledger
from services.payments.commands import payouts
from services.payments.commands.captures import book_capture, plan_settlement, settled_columns
from services.payments.commands.disputes import check_dispute
from services.payments.commands.refunds import check_refunds
from services.payments.commands.stuck import resume_payment
from services.payments.domain.lifecycle import SETTLED, Actor, Verb
from services.payments.domain.model import Payment, PayoutStatus
from services.payments.domain.policy import commission_of
from services.payments.ledger import Posting, PostingKind
from services.payments.reconcile.queries.payments import compared_payment, ids_of
from services.payments.store import payments as payments_store
from services.payments.store import payouts as payouts_store
from services.payments.store.receipts import next_receipt_number
from services.payments.stripe_api import Stripe, disputes, intents, transfers
from services.payments.stripe_api.intents import Intent
from services.payments.stripe_api.transfers import Reversal, Transfer
from services.payments.webhook.context import StripeContext
from services.payments.webhook.intents import adjust
from shared.clock import now
from shared.db import Transaction

Sent = tuple[Transfer, list[Reversal]]


class Outcome(StrEnum):
    """What became of a repair. BUSY: nothing was changed, because a step of the booking is in
    progress or in doubt, and its own answer from Stripe is still to be recorded.
    """

    REPAIRED = "repaired"
    BUSY = "busy"
    UNKNOWN = "unknown"


async def repair(context: StripeContext, booking_id: UUID) -> Outcome:
    """Repairs one booking; the running service executes the steps that it plans. UNKNOWN if there
    is no such payment.
    """
    reader = context.database.reader
    ids, before = await ids_of(reader, booking_id), await compared_payment(reader, booking_id)
    if ids is None or before is None:
        return Outcome.UNKNOWN
    if before.busy:
        return Outcome.BUSY
    made = await _intents(context.stripe, ids.customer_id, ids.payment_intent_id, booking_id)
    sent = [
        (one, await transfers.reversals_of(context.stripe, one.id) if one.amount_reversed else [])
        for one in await transfers.transfers_of(context.stripe, str(booking_id))
    ]
    async with context.database.transaction() as db:
        payment = await payments_store.get_existing(db, booking_id)
        # No step is recorded while the payment is locked. One that began, or was recorded, since
        # Stripe was read is missing in what was read.
        if await compared_payment(reader, booking_id) != before:
            return Outcome.BUSY
        for one in made:
            payment = await payments_store.get_existing(db, booking_id)
            await adjust(context, db, payment, one)
        payment = await payments_store.get_existing(db, booking_id)
        current = next((one for one in made if one.id == payment.payment_intent_id), None)
        if current is not None and current.status == "succeeded":
            payment = await _adjust_to_capture(db, payment, current, context.payout_delay)
            await _adjust_to_transfers(db, payment, sent)
        await resume_payment(db, booking_id)
    if payment.settled_currency is not None and payment.charge_id is not None:
        await _record_returns(context, payment.charge_id)
    return Outcome.REPAIRED


async def _record_returns(context: StripeContext, charge_id: str) -> None:
    """Refunds and disputes of a charge whose events were lost."""
    await check_refunds(context.database, context.stripe, charge_id)
    for dispute_id in await disputes.disputes_of(context.stripe, charge_id):
        await check_dispute(context.database, context.stripe, dispute_id)


async def _intents(
    stripe: Stripe, customer_id: str | None, intent_id: str | None, booking_id: UUID
) -> list[Intent]:
    made = await intents.intents_of(stripe, customer_id, str(booking_id)) if customer_id else []
    if intent_id is not None and all(one.id != intent_id for one in made):
        made.append(await intents.intent(stripe, intent_id))
    return made


async def _adjust_to_capture(
    db: Transaction, payment: Payment, intent: Intent, payout_delay: timedelta
) -> Payment:
    """Adjusts payment, ledger and payout to the amount captured at Stripe."""
    values = {
        "captured_amount": intent.captured,
        "commission_amount": commission_of(payment, intent.captured),
        "charge_id": intent.charge_id,
        "captured_at": payment.captured_at or now(),
        "receipt_number": await next_receipt_number(db, payment),
        **settled_columns(intent.settlement),
    }
    if payment.status in SETTLED:
        changed = await payments_store.update(db, payment, **values)
    else:
        adopted = await payments_store.apply(
            db, payment, Verb.ADOPT_CAPTURE, Actor.OPERATOR, **values
        )
        assert adopted is not None
        changed = adopted
    if intent.settlement is None:
        await plan_settlement(db, changed)
        return changed
    payout = await payouts_store.get_for_update(db, payment.booking_id)
    if payout is not None:
        await payouts_store.save(db, payment.booking_id, **payouts_store.shares(changed))
    await book_capture(db, changed, intent.settlement, payout_delay)
    return changed


async def _adjust_to_transfers(db: Transaction, payment: Payment, sent: list[Sent]) -> None:
    """Adjusts the payout to Stripe's transfers, and plans what is missing. There is no payout while
    the capture has not settled.
    """
    payout = await payouts_store.get_for_update(db, payment.booking_id)
    if payout is None:
        return
    reversals = [one for _, made in sent for one in made]
    net = sum(one.amount for one, _ in sent) - sum(one.amount for one in reversals)
    recalled = sum(one.amount for one in reversals if not one.ours)
    latest = sent[0][0].id if sent else None
    currency = payout.currency
    await ledger.post(
        db,
        payment.booking_id,
        *(Posting(PostingKind.TRANSFER, one.id, one.amount, currency) for one, _ in sent),
        *(Posting(PostingKind.REVERSAL, one.id, one.amount, currency) for one in reversals),
    )
    changed = await payouts_store.save(
        db,
        payment.booking_id,
        sent_amount=min(net, payout.amount),
        recalled_amount=recalled,
        transfer_id=latest,
        status=PayoutStatus.PAID if net else payout.status,
    )
    if net and payout.status == PayoutStatus.PENDING:
        await payouts.emit_payout_sent(db, payout, PayoutStatus.PAID, net)
    if recalled > payout.recalled_amount:
        await payouts.emit_payout_sent(
            db, payout, PayoutStatus.REVERSED, recalled - payout.recalled_amount
        )
    await payouts.proceed(db, payment, changed)
