"""The hold of a payment: what requests and renews it, and what becomes of it at the bank."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.payments.commands.payments import failed_event, intent_params, proceed
from services.payments.domain import policy
from services.payments.domain.lifecycle import Verb
from services.payments.domain.model import Due, Payment
from services.payments.domain.operations import StepKind
from services.payments.store import operations
from services.payments.store import payments as payments_store
from services.payments.stripe_api.intents import Intent
from shared.clock import now
from shared.db import Transaction
from shared.events import PaymentAuthorized


async def authorize(db: Transaction, payment: Payment) -> None:
    """Plans the hold of the payment's current attempt."""
    params = intent_params(
        payment, payment.amount, attempt=payment.attempt, previous=payment.payment_intent_id
    )
    await operations.plan(db, StepKind.AUTHORIZE, payment.booking_id, params)


async def record_hold(db: Transaction, payment: Payment, intent: Intent, **values: Any) -> None:
    """Records and publishes that `intent` holds the money, and plans the next step. A hold that is
    to be released is not announced.
    """
    event = PaymentAuthorized(
        booking_id=payment.booking_id,
        payment_intent_id=intent.id,
        amount=intent.amount,
        currency=payment.currency,
    )
    changed = await payments_store.apply(
        db,
        payment,
        Verb.HOLD,
        event=event if payment.due != Due.RELEASE else None,
        failure=None,
        payment_intent_id=intent.id,
        charge_id=intent.charge_id,
        capture_before=intent.capture_before,
        **values,
    )
    if changed is not None:
        await plan_renewal(db, changed, earliest=now() + policy.RENEW_AGAIN_AFTER)
        await proceed(db, changed)


async def record_free(db: Transaction, payment: Payment) -> None:
    """A free session needs no hold: it counts as authorised."""
    event = PaymentAuthorized(
        booking_id=payment.booking_id,
        payment_intent_id=None,
        amount=0,
        currency=payment.currency,
    )
    changed = await payments_store.apply(db, payment, Verb.HOLD, event=event)
    if changed is not None:
        await proceed(db, changed)


async def plan_renewal(db: Transaction, payment: Payment, *, earliest: datetime) -> None:
    """Plans a new hold in time before this one lapses, but not before `earliest`, where the
    session's end plus a day lies beyond.
    """
    when = policy.renewal_due(payment.scheduled_end, payment.capture_before)
    if when is not None and payment.due is None:
        params = intent_params(payment, payment.amount)
        due_at = max(when, earliest)
        await operations.plan(db, StepKind.RENEW, payment.booking_id, params, due_at=due_at)


async def record_failure(
    db: Transaction, payment: Payment, reason: str, *, intent_id: str | None
) -> None:
    """Records and publishes why there is no hold, and plans the next step (the intent of a
    cancelled booking is canceled).
    """
    event = failed_event(payment, payment.amount, reason, intent_id)
    changed = await payments_store.apply(
        db,
        payment,
        Verb.FAIL,
        event=event if payment.due != Due.RELEASE else None,
        failure=reason,
        payment_intent_id=intent_id,
        capture_before=None,
    )
    if changed is not None:
        await proceed(db, changed)
