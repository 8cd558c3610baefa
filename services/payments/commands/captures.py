"""Captures and their settlement: payment, ledger, payout."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.payments import ledger
from services.payments.commands import payouts, refunds
from services.payments.domain import policy
from services.payments.domain.lifecycle import Verb
from services.payments.domain.model import Payment, Settlement
from services.payments.domain.operations import StepKind
from services.payments.ledger import Posting, PostingKind
from services.payments.store import operations
from services.payments.store import payments as payments_store
from services.payments.store.receipts import next_receipt_number
from services.payments.stripe_api.intents import Intent
from shared.clock import now
from shared.db import Transaction
from shared.events import PaymentCaptured


async def record_capture(
    db: Transaction, payment: Payment, intent: Intent, payout_delay: timedelta
) -> Payment | None:
    """Records and publishes a capture: payment, ledger, payout (due after `payout_delay`). Returns
    None if it is recorded already. If it has not settled yet, a step asks Stripe until it has; only
    then is there a payout.
    """
    amount, settlement = intent.captured, intent.settlement
    commission = policy.commission_of(payment, amount)
    event = PaymentCaptured(
        booking_id=payment.booking_id,
        payment_intent_id=intent.id,
        amount=amount,
        currency=payment.currency,
        commission_amount=commission,
        reason=payment.due_reason,
    )
    changed = await payments_store.apply(
        db,
        payment,
        Verb.CAPTURE,
        event=event,
        failure=None,
        payment_intent_id=intent.id,
        charge_id=intent.charge_id,
        captured_amount=amount,
        commission_amount=commission,
        captured_at=now(),
        receipt_number=await next_receipt_number(db, payment),
        capture_before=None,
        **settled_columns(settlement),
    )
    if changed is None:
        return None
    if settlement is not None:
        await book_capture(db, changed, settlement, payout_delay)
    else:
        await ledger.post(db, payment.booking_id, _captured(changed))
        await plan_settlement(db, changed)
    await refunds.refund_excess(db, changed)
    return changed


async def plan_settlement(db: Transaction, payment: Payment) -> None:
    """Plans to ask Stripe how a capture has settled, until it has."""
    params = {"intent": payment.payment_intent_id}
    await operations.plan(db, StepKind.SETTLE, payment.booking_id, params)


def settled_columns(settlement: Settlement | None) -> dict[str, Any]:
    """The columns of a payment that describe how its capture settled; empty until it has."""
    if settlement is None:
        return {}
    return {
        "settled_amount": settlement.amount,
        "settled_currency": settlement.currency,
        "stripe_fee": settlement.fee,
    }


async def record_settlement(
    db: Transaction, payment: Payment, settlement: Settlement, payout_delay: timedelta
) -> None:
    """Records the settlement of a capture that was recorded before it settled, once."""
    if payment.settled_currency is None:
        changed = await payments_store.update(db, payment, **settled_columns(settlement))
        await book_capture(db, changed, settlement, payout_delay)


async def book_capture(
    db: Transaction, payment: Payment, settlement: Settlement, payout_delay: timedelta
) -> None:
    """Posts a capture that has settled, and creates its payout. The capture itself may be in the
    ledger since before it settled: the ledger skips what it has.
    """
    capture = _captured(payment)
    intent_id, amount = capture.stripe_object, payment.captured_amount
    commission = policy.settled_commission_of(payment, amount)
    await ledger.post(
        db,
        payment.booking_id,
        capture,
        Posting(PostingKind.COMMISSION, intent_id, commission, payment.payout_currency),
        *ledger.received(intent_id, amount, payment.currency, settlement),
    )
    await payouts.create_payout(db, payment, payout_delay)


def _captured(payment: Payment) -> Posting:
    assert payment.payment_intent_id is not None
    amount, currency = payment.captured_amount, payment.currency
    return Posting(PostingKind.CAPTURE, payment.payment_intent_id, amount, currency)
