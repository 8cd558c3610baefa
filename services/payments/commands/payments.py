"""What becomes of a payment: held, failed, captured, released; and the step at Stripe that each
leads to.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.payments import ledger
from services.payments.commands import payouts, refunds
from services.payments.domain import policy
from services.payments.domain.lifecycle import Verb
from services.payments.domain.model import Due, Payment, PaymentStatus, Settlement
from services.payments.domain.policy import Step
from services.payments.ledger import Posting
from services.payments.store import operations
from services.payments.store import payments as store
from services.payments.stripe_api.intents import Intent
from shared.clock import now
from shared.events import PaymentAuthorized, PaymentCaptured, PaymentFailed, PaymentReleased
from shared.outbox import emit


def intent_params(payment: Payment, amount: int, **more: Any) -> dict[str, Any]:
    """What a new PaymentIntent of this booking is made with; the card comes at the claim."""
    return {
        "booking_id": str(payment.booking_id),
        "seeker_id": str(payment.seeker_id),
        "amount": amount,
        "currency": payment.currency,
        **more,
    }


async def authorize(db: AsyncConnection, payment: Payment) -> None:
    """Plans the hold of the payment's current attempt."""
    params = intent_params(
        payment, payment.amount, attempt=payment.attempt, previous=payment.payment_intent_id
    )
    await operations.plan(db, "authorize", payment.booking_id, params)


async def proceed(db: AsyncConnection, payment: Payment) -> None:
    """Plans what the payment waits for, now that its status or what is due has changed."""
    amount = payment.due_amount or 0
    booking_id, intent_id = payment.booking_id, payment.payment_intent_id
    step = policy.next_step(
        payment.status, payment.due, amount=amount, has_intent=intent_id is not None
    )
    if payment.status == PaymentStatus.CAPTURED:
        await refunds.refund_excess(db, payment)  # captured by hand before it was decided
    elif step == Step.CAPTURE:
        await operations.drop_unsent(db, booking_id, "renew")
        params = {"intent": intent_id, "amount": amount}
        await operations.plan(db, "capture", booking_id, params)
    elif step == Step.CHARGE:
        await charge(db, payment, amount)
    elif step == Step.RELEASE:
        await operations.drop_unsent(db, booking_id, "renew", "charge")
        await operations.plan(db, "release", booking_id, {"intent": intent_id})
    elif step == Step.CLOSE:
        await release(db, payment)
    elif step == Step.WITHDRAW and await operations.drop_unsent(db, booking_id, "authorize"):
        if intent_id is not None:  # of an earlier attempt
            await operations.plan(db, "release", booking_id, {"intent": intent_id})
        else:
            await release(db, payment)


async def charge(db: AsyncConnection, payment: Payment, amount: int) -> None:
    """Plans to charge `amount` anew, for the hold was lost. The intent of the attempt before ends
    first, or is taken if the cardholder has confirmed it meanwhile.
    """
    params = intent_params(payment, amount, previous=payment.payment_intent_id)
    await operations.plan(db, "charge", payment.booking_id, params)


async def charge_debts(db: AsyncConnection, seeker_id: UUID) -> None:
    """The seeker has saved a card: what they owe is charged to it, and renewals that failed are
    tried again at once.
    """
    for booking_id in await store.debts_of(db, seeker_id):
        payment = await store.get_existing(db, booking_id)
        if payment.owed:
            await charge(db, payment, payment.due_amount or 0)
    await operations.hasten_renewals(db, seeker_id)


async def release(db: AsyncConnection, payment: Payment) -> None:
    """Nothing is held any more, and nothing was charged."""
    if await store.apply(db, payment, Verb.RELEASE, capture_before=None) is None:
        return
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


async def record_hold(db: AsyncConnection, payment: Payment, intent: Intent, **values: Any) -> None:
    """Writes that `intent` holds the money, and goes on from there."""
    changed = await store.apply(
        db,
        payment,
        Verb.HOLD,
        failure=None,
        payment_intent_id=intent.id,
        charge_id=intent.charge_id,
        capture_before=intent.capture_before,
        **values,
    )
    if changed is None:
        return
    if changed.due != Due.RELEASE:
        await emit(
            db,
            PaymentAuthorized(
                booking_id=payment.booking_id,
                payment_intent_id=intent.id,
                amount=intent.amount,
                currency=payment.currency,
                capture_before=intent.capture_before,
            ),
        )
    await plan_renewal(db, changed)
    await proceed(db, changed)


async def record_free(db: AsyncConnection, payment: Payment) -> None:
    """A session that costs nothing needs no bank."""
    changed = await store.apply(db, payment, Verb.HOLD)
    if changed is None:
        return
    await emit(
        db,
        PaymentAuthorized(
            booking_id=payment.booking_id,
            payment_intent_id=None,
            amount=0,
            currency=payment.currency,
        ),
    )
    await proceed(db, changed)


async def plan_renewal(db: AsyncConnection, payment: Payment) -> None:
    """Plans a new hold in time before this one lapses, where the session's end plus a day lies
    beyond.
    """
    when = policy.renewal_due(payment.scheduled_end, payment.capture_before)
    if when is not None and payment.due is None:
        params = intent_params(payment, payment.amount)
        due_at = max(when, now() + timedelta(seconds=1))
        await operations.plan(db, "renew", payment.booking_id, params, due_at=due_at)


async def record_failure(
    db: AsyncConnection, payment: Payment, reason: str, *, intent_id: str | None
) -> None:
    """Writes why there is no hold, tells it, and goes on from there (a cancelled booking's intent
    is ended).
    """
    changed = await store.apply(
        db, payment, Verb.FAIL, failure=reason, payment_intent_id=intent_id, capture_before=None
    )
    if changed is None:
        return
    if changed.due != Due.RELEASE:
        await emit_failed(db, changed, payment.amount)
    await proceed(db, changed)


async def emit_failed(db: AsyncConnection, payment: Payment, amount: int) -> None:
    """Tells that the card does not pay `amount`, and why."""
    await emit(
        db,
        PaymentFailed(
            booking_id=payment.booking_id,
            payment_intent_id=payment.payment_intent_id,
            amount=amount,
            currency=payment.currency,
            reason=payment.failure,
        ),
    )


async def record_capture(
    db: AsyncConnection, payment: Payment, intent: Intent, payout_delay: timedelta
) -> Payment | None:
    """Writes what was captured: payment, ledger, payout (due after `payout_delay`); tells it. None
    where it is written already. Where Stripe does not tell yet how it has settled, a step asks
    until it does: only then there is a payout.
    """
    amount, settlement = intent.captured, intent.settlement
    commission = policy.commission_of(payment, amount)
    changed = await store.apply(
        db,
        payment,
        Verb.CAPTURE,
        failure=None,
        payment_intent_id=intent.id,
        charge_id=intent.charge_id,
        captured_amount=amount,
        commission_amount=commission,
        captured_at=now(),
        receipt_number=await store.next_receipt_number(db, payment),
        capture_before=None,
        **settled_columns(settlement),
    )
    if changed is None:
        return None
    await emit(
        db,
        PaymentCaptured(
            booking_id=payment.booking_id,
            payment_intent_id=intent.id,
            amount=amount,
            currency=payment.currency,
            commission_amount=commission,
            reason=payment.due_reason,
        ),
    )
    if settlement is not None:
        await book_capture(db, changed, settlement, payout_delay)
    else:
        await ledger.post(db, payment.booking_id, _captured(changed))
        await plan_settlement(db, changed)
    await refunds.refund_excess(db, changed)
    return changed


async def plan_settlement(db: AsyncConnection, payment: Payment) -> None:
    """Plans to ask Stripe how a capture has settled, until it tells."""
    params = {"intent": payment.payment_intent_id}
    await operations.plan(db, "settle", payment.booking_id, params)


def settled_columns(settlement: Settlement | None) -> dict[str, Any]:
    """What a payment notes of how its capture has settled; nothing while Stripe does not tell."""
    if settlement is None:
        return {}
    return {
        "settled_amount": settlement.amount,
        "settled_currency": settlement.currency,
        "stripe_fee": settlement.fee,
    }


async def record_settlement(
    db: AsyncConnection, payment: Payment, settlement: Settlement, payout_delay: timedelta
) -> None:
    """Writes how a capture has settled, that was written before Stripe told. Once."""
    if payment.settled_currency is None:
        changed = await store.update(db, payment, **settled_columns(settlement))
        await book_capture(db, changed, settlement, payout_delay)


async def book_capture(
    db: AsyncConnection, payment: Payment, settlement: Settlement, payout_delay: timedelta
) -> None:
    """Posts a capture that has settled, and makes the payout of it."""
    capture = _captured(payment)
    intent_id, amount = capture.stripe_object, payment.captured_amount
    commission = policy.settled_commission_of(payment, amount)
    await ledger.post(
        db,
        payment.booking_id,
        capture,
        Posting("commission", intent_id, commission, payment.payout_currency),
        *ledger.received(intent_id, amount, payment.currency, settlement),
    )
    await payouts.create_payout(db, payment, payout_delay)


def _captured(payment: Payment) -> Posting:
    assert payment.payment_intent_id is not None
    amount, currency = payment.captured_amount, payment.currency
    return Posting("capture", payment.payment_intent_id, amount, currency)
