"""The next step of a payment at Stripe, given its status and booking's decision: what is captured,
charged to the card, written off or released. How a hold is made is in `holds.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.payments.commands import refunds
from services.payments.domain import policy
from services.payments.domain.lifecycle import Verb
from services.payments.domain.model import Due, Payment, PaymentStatus
from services.payments.domain.operations import StepKind
from services.payments.domain.policy import Step
from services.payments.metrics import WRITTEN_OFF
from services.payments.store import failed_payments, operations
from services.payments.store import payments as payments_store
from shared.currencies import CURRENCIES
from shared.db import Transaction
from shared.events import PaymentFailed, PaymentReleased
from shared.telemetry import log


def intent_params(payment: Payment, amount: int, **more: Any) -> dict[str, Any]:
    """The parameters of a new PaymentIntent of this booking; the card is added at the claim."""
    return {
        "booking_id": str(payment.booking_id),
        "seeker_id": str(payment.seeker_id),
        "amount": amount,
        "currency": payment.currency,
        **more,
    }


async def proceed(db: Transaction, payment: Payment) -> None:
    """Plans what the payment waits for, now that its status or what is due has changed."""
    if payment.status == PaymentStatus.CAPTURED:
        await refunds.refund_excess(db, payment)  # captured in the Dashboard before it was decided
        return
    amount, intent_id = payment.due_amount or 0, payment.payment_intent_id
    match policy.next_step(
        payment.status, payment.due, amount=amount, has_intent=intent_id is not None
    ):
        case Step.CAPTURE:
            params = {"intent": intent_id, "amount": amount}
            unsent = [StepKind.RENEW, StepKind.RELEASE]  # a release because it was given up before
            await operations.plan(
                db, StepKind.CAPTURE, payment.booking_id, params, instead_of=unsent
            )
        case Step.CHARGE:
            await charge(db, payment, amount)
        case Step.RELEASE:
            await _plan_release(db, payment, instead_of=[StepKind.RENEW, StepKind.CHARGE])
        case Step.CLOSE:
            await record_release(db, payment)
        case Step.WITHDRAW:
            await _withdraw(db, payment)


async def _plan_release(
    db: Transaction, payment: Payment, *, instead_of: Sequence[StepKind] = ()
) -> None:
    params = {"intent": payment.payment_intent_id}
    await operations.plan(db, StepKind.RELEASE, payment.booking_id, params, instead_of=instead_of)


async def _withdraw(db: Transaction, payment: Payment) -> None:
    """Drops an authorisation that was not sent, and releases the intent of an earlier attempt if
    there is one. The outcome of an authorisation that was sent decides what follows.
    """
    if not await operations.drop_unsent(db, payment.booking_id, StepKind.AUTHORIZE):
        return
    if payment.payment_intent_id is not None:
        await _plan_release(db, payment)
    else:
        await record_release(db, payment)


async def follow_decision(db: Transaction, payment: Payment) -> None:
    """Plans what booking's decision, just stored, requires. If the payment had been given up and
    its hold released, the seeker owes what is due, as after a hold that was lost.
    """
    if payment.status == PaymentStatus.RELEASED and payment.charge_is_due:
        log.error("decided after its hold was released", booking_id=payment.booking_id)
        reopened = await payments_store.apply(db, payment, Verb.REOPEN)
        assert reopened is not None
        payment = reopened
    await proceed(db, payment)


async def charge(db: Transaction, payment: Payment, amount: int) -> None:
    """Plans to charge `amount` to the saved card, because the hold was lost. The intent of the
    previous attempt is canceled first, or used if the cardholder has confirmed it meanwhile. Less
    than a card can be charged is written off.
    """
    if amount < CURRENCIES[payment.currency].minimum:
        await write_off(db, payment)
        return
    params = intent_params(payment, amount, previous=payment.payment_intent_id)
    await operations.plan(db, StepKind.CHARGE, payment.booking_id, params)


async def write_off(db: Transaction, payment: Payment) -> None:
    """Writes off what the seeker owes, because no card can be charged so little. Any remaining hold
    is released; the payment keeps the amount, and both parties see it.
    """
    owed = CURRENCIES[payment.currency].text(payment.due_amount or 0)
    log.warning("debt written off", booking_id=payment.booking_id, owed=owed)
    WRITTEN_OFF.labels(payment.currency).inc()
    changed = await payments_store.update(
        db, payment, due=Due.RELEASE, due_reason=policy.WRITTEN_OFF_REASON
    )
    await proceed(db, changed)


async def charge_debts(db: Transaction, seeker_id: UUID, payment_method_id: str) -> None:
    """Charges what the seeker owes to the card that they have just saved, and retries failed
    renewals at once. A step may have found the card at Stripe before it was saved here: it is not
    asked again for what it was declined.
    """
    for booking_id in await failed_payments.debts_of(db, seeker_id, payment_method_id):
        payment = await payments_store.get_existing(db, booking_id)
        if payment.owed:
            await charge(db, payment, payment.due_amount or 0)
    await operations.hasten_renewals(db, seeker_id, payment_method_id)


async def record_release(db: Transaction, payment: Payment) -> None:
    """Records and publishes that nothing is held any more and nothing was charged."""
    event = PaymentReleased(
        **payments_store.event_fields(payment),
        amount=_released_amount(payment),
        reason=payment.due_reason,
    )
    await payments_store.apply(db, payment, Verb.RELEASE, event=event, capture_before=None)


def _released_amount(payment: Payment) -> int:
    """The amount that was written off or held. A declined card holds nothing, although there is an
    intent.
    """
    if payment.due_reason == policy.WRITTEN_OFF_REASON:
        return payment.due_amount or 0
    is_held = payment.status == PaymentStatus.AUTHORIZED and payment.payment_intent_id is not None
    return payment.amount if is_held else 0


def failed_event(
    payment: Payment,
    amount: int,
    reason: str | None,
    intent_id: str | None,
    *,
    owed: bool = False,
) -> PaymentFailed:
    """The event that the card was not charged `amount`, why, and whether the seeker owes it."""
    return PaymentFailed(
        booking_id=payment.booking_id,
        payment_intent_id=intent_id,
        amount=amount,
        currency=payment.currency,
        reason=reason,
        owed=owed,
    )
