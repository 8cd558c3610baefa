"""Payments and payouts for which no step is planned although they wait for one."""

from __future__ import annotations

from uuid import UUID

from services.payments.commands import payouts
from services.payments.commands.holds import authorize
from services.payments.commands.payments import proceed
from services.payments.domain import policy
from services.payments.domain.lifecycle import LIVE, Verb
from services.payments.domain.model import Due, Payment, PaymentStatus
from services.payments.store import payments as payments_store
from services.payments.store import payouts as payouts_store
from shared.clock import now
from shared.db import Transaction


async def resume_payment(db: Transaction, booking_id: UUID) -> Payment | None:
    """Plans what a payment waits for; returns the payment as it was, or None if it waits for
    nothing. One for which booking has sent no decision is given up shortly before its hold lapses:
    without a decision nothing is charged. A decision that arrives later still counts
    (`payments.follow_decision`).
    """
    payment = await payments_store.get_for_update(db, booking_id)
    if payment is None or payment.status not in LIVE:
        return None
    found = payment
    give_up_at = policy.given_up_at(payment.scheduled_end, payment.capture_before)
    if payment.due is None and give_up_at < now():
        payment = await payments_store.update(
            db, payment, due=Due.RELEASE, due_amount=0, due_reason=policy.GIVEN_UP_REASON
        )
    if payment.status == PaymentStatus.AUTHORIZING and payment.due != Due.RELEASE:
        await authorize(db, payment)
    elif payment.status == PaymentStatus.AUTHORIZING:
        await _withdraw_authorization(db, payment)
    else:
        await proceed(db, payment)
    return found


async def _withdraw_authorization(db: Transaction, payment: Payment) -> None:
    """Withdraws an authorisation that is no longer wanted if it was not sent. One that was sent is
    released by its outcome.
    """
    await proceed(db, payment)
    after = await payments_store.get_for_update(db, payment.booking_id)
    if after is not None and after.status == PaymentStatus.AUTHORIZING:
        failed = await payments_store.apply(db, after, Verb.FAIL, failure="processing_error")
        if failed is not None:
            await proceed(db, failed)


async def resume_payout(db: Transaction, booking_id: UUID) -> None:
    """Plans the missing transfer of a payout."""
    payment = await payments_store.get_for_update(db, booking_id)
    payout = await payouts_store.get_for_update(db, booking_id)
    if payment is not None and payout is not None:
        await payouts.proceed(db, payment, payout)
