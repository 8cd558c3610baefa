"""Holding money on a card: the first hold of a booking, its renewal, and canceling holds that are
not needed.
"""

from __future__ import annotations

from services.payments.commands.holds import record_failure, record_hold
from services.payments.commands.payments import intent_params
from services.payments.domain.model import Payment, PaymentStatus
from services.payments.domain.operations import Operation, StepKind
from services.payments.domain.policy import next_renewal
from services.payments.saga.common import cancel, find_canceled, retry_with_new_key
from services.payments.saga.kinds import Kind, payment_of
from services.payments.store import operations
from services.payments.stripe_api import Declined, Refused, Stripe, Uncertain, intents
from services.payments.stripe_api.intents import HELD_OR_CAPTURED, Intent
from shared.clock import now
from shared.db import Transaction
from shared.telemetry import log

# The saved card is gone or no longer the customer's: the seeker has to save one again.
CARD_IS_GONE = ("resource_missing", "payment_method_unexpected_state")


async def send(stripe: Stripe, operation: Operation) -> Intent:
    """Makes the hold, after canceling the intent of the previous attempt: there must not be two at
    once. If the cardholder has confirmed that one meanwhile, it is the hold.
    """
    params = operation.params
    earlier = params.get("previous")
    if earlier is not None:
        ended = await _end(stripe, earlier, key=f"{operation.idempotency_key}:previous")
        if ended.status in HELD_OR_CAPTURED:
            return ended
    made = await intents.create_intent(
        stripe, params, key=operation.idempotency_key, manual=operation.kind != StepKind.CHARGE
    )
    if made.status not in HELD_OR_CAPTURED:
        # the bank has not decided yet: the intent's event will report it
        raise Uncertain(made.status, replayed=True)
    return made


async def _end(stripe: Stripe, intent_id: str, *, key: str) -> Intent:
    """Cancels an earlier intent, unless it holds the money. The cardholder may confirm it between
    the read and the cancellation, so the outcome of the latter counts.
    """
    found = await intents.intent(stripe, intent_id)
    if found.status == "processing":
        raise Uncertain("processing")
    if found.status in (*HELD_OR_CAPTURED, "canceled"):
        return found
    return await intents.cancel_intent(stripe, intent_id, key=key)


async def find(stripe: Stripe, operation: Operation) -> Intent | None:
    """The intent that this step made, whatever the answer was. Raises Declined if that intent
    failed.
    """
    params = operation.params
    for made in await intents.intents_of(stripe, params["customer"], params["booking_id"]):
        if made.metadata.get("operation") != operation.idempotency_key:
            continue
        if made.status in HELD_OR_CAPTURED:
            return made
        if made.status == "processing":
            raise Uncertain("processing")
        if made.status == "requires_payment_method" and made.failure:
            raise Declined(made.failure, "found", made.id, made.charge_id)
    return None


async def authorized(
    db: Transaction, operation: Operation, payment: Payment, intent: Intent
) -> None:
    """The bank holds the money. A hold that is no longer wanted (there is a newer attempt, or the
    payment is final) is canceled.
    """
    wanted = (
        payment.status == PaymentStatus.AUTHORIZING
        and operation.params["attempt"] == payment.attempt
    )
    if not wanted:
        if intent.id != payment.payment_intent_id:
            await operations.plan(db, StepKind.ABANDON, payment.booking_id, {"intent": intent.id})
        return
    await record_hold(db, payment, intent, payment_method_id=operation.params.get("payment_method"))


async def failed(
    db: Transaction, operation: Operation, payment: Payment, declined: Declined
) -> None:
    """The bank declined. The intent stays: the cardholder may confirm it, or the next attempt
    cancels it.
    """
    if (
        payment.status != PaymentStatus.AUTHORIZING
        or operation.params["attempt"] != payment.attempt
    ):
        return
    await record_failure(
        db, payment, declined.reason, intent_id=declined.intent_id or payment.payment_intent_id
    )


def reason_of(refused: Refused) -> str:
    """The `payment_failure` of a hold that Stripe refused."""
    if refused.code == "no_payment_method" or refused.code in CARD_IS_GONE:
        return "no_payment_method"
    return "processing_error"


async def refused(db: Transaction, operation: Operation, payment: Payment, why: Refused) -> None:
    """Stripe refused without asking the bank: the payment has failed. Unless the card is missing,
    this is logged as an error.
    """
    reason = reason_of(why)
    if reason != "no_payment_method":
        log.error("authorisation refused", booking_id=operation.subject_id, reason=str(why))
    await failed(db, operation, payment, Declined(reason, why.code, None, None))


# ---- renewal


async def renewed(db: Transaction, operation: Operation, payment: Payment, intent: Intent) -> None:
    """The new hold replaces the old one, which is canceled."""
    if payment.status != PaymentStatus.AUTHORIZED or payment.due is not None:
        await operations.plan(db, StepKind.ABANDON, payment.booking_id, {"intent": intent.id})
        return
    old = payment.payment_intent_id
    await record_hold(
        db,
        payment,
        intent,
        renewals=payment.renewals + 1,
        payment_method_id=operation.params.get("payment_method"),
    )
    if old is not None and old != intent.id:
        await operations.plan(db, StepKind.ABANDON, payment.booking_id, {"intent": old})


async def renewal_failed(
    db: Transaction, operation: Operation, payment: Payment, declined: Declined
) -> None:
    """There is no new hold. The old one is kept while it is valid: its renewal is tried again
    later, perhaps with another card, and a capture uses it meanwhile. Once it has lapsed, the
    payment has failed.
    """
    if payment.status != PaymentStatus.AUTHORIZED or payment.due is not None:
        if declined.intent_id is not None:
            await operations.plan(
                db, StepKind.ABANDON, payment.booking_id, {"intent": declined.intent_id}
            )
        return
    old, made = payment.payment_intent_id, declined.intent_id
    again = next_renewal(payment.capture_before, now())
    if again is None:
        await record_failure(db, payment, declined.reason, intent_id=made or old)
        spare = old if made is not None else None
    else:
        log.warning("renewal failed", booking_id=payment.booking_id, reason=declined.code)
        card = operation.params.get("payment_method")
        params = intent_params(payment, payment.amount, retry=True, declined=card)
        await operations.plan(db, StepKind.RENEW, payment.booking_id, params, due_at=again)
        spare = made
    if spare is not None:
        await operations.plan(db, StepKind.ABANDON, payment.booking_id, {"intent": spare})


async def renewal_refused(
    db: Transaction, operation: Operation, payment: Payment, why: Refused
) -> None:
    """Records that the new hold was refused; the old one stays."""
    log.error("renewal refused", booking_id=operation.subject_id, reason=str(why))
    await renewal_failed(db, operation, payment, Declined(reason_of(why), why.code, None, None))


# ---- canceling an intent that is not the payment's


async def abandoned(_: Transaction, operation: Operation, payment: Payment, intent: Intent) -> None:
    """The intent was canceled."""
    if intent.status == "succeeded":
        log.error("a stray intent was captured", booking_id=operation.subject_id, intent=intent.id)


async def abandon_refused(
    db: Transaction, operation: Operation, payment: Payment, why: Refused
) -> None:
    """Stripe refused to cancel the intent."""
    if why.code != "resource_missing":
        await retry_with_new_key(db, operation, payment, why)


AUTHORIZE = Kind(payment_of, send, find, authorized, refused, failed)
RENEW = Kind(payment_of, send, find, renewed, renewal_refused, renewal_failed)
ABANDON = Kind(payment_of, cancel, find_canceled, abandoned, abandon_refused)
