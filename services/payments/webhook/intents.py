"""Handlers of events about PaymentIntents: held, captured, declined or canceled by us, by the
cardholder, by Stripe, or in the Dashboard.
"""

from __future__ import annotations

from uuid import UUID

from services.payments.commands.captures import record_capture
from services.payments.commands.holds import record_failure, record_hold
from services.payments.commands.payments import intent_params, record_release
from services.payments.domain.lifecycle import SETTLED
from services.payments.domain.model import Due, Payment, PaymentStatus
from services.payments.domain.operations import StepKind
from services.payments.queries.webhook import IntentState, intent_state
from services.payments.store import operations
from services.payments.store import payments as payments_store
from services.payments.stripe_api import intents
from services.payments.stripe_api.events import StripeEvent
from services.payments.stripe_api.intents import Intent
from services.payments.webhook.context import StripeContext
from services.payments.webhook.errors import NotOurs, NotYet
from shared.db import Transaction
from shared.ids import id_from
from shared.telemetry import log


async def on_intent(context: StripeContext, event: StripeEvent) -> None:
    """An intent was held, captured, declined or canceled: by us, by the cardholder, by Stripe, in
    the Dashboard.
    """
    intent_id, booking_id = event.subject.id, booking_of(event)
    if intent_id is None:
        return
    known = await intent_state(context.database.reader, intent_id, booking_id)
    if known is None:
        if booking_id is not None:
            raise NotOurs("no payment of this booking yet")
        return  # not of this platform
    if _is_reflected(event.type, known, intent_id):
        return
    if known.busy:
        raise NotYet("a step of this booking is under way")
    intent = await intents.intent(context.stripe, intent_id)
    async with context.database.transaction() as db:
        payment = await payments_store.get_existing(db, known.booking_id)
        if payment.updated_at != known.updated_at:
            raise NotYet("the payment has changed since its intent was read")
        await adjust(context, db, payment, intent)


def booking_of(event: StripeEvent) -> UUID | None:
    """The booking id in the object's metadata, or None."""
    return id_from((event.subject.metadata or {}).get("booking_id"))


def _is_reflected(kind: str, known: IntentState, intent_id: str) -> bool:
    """Whether the payment already reflects the event, so that Stripe need not be asked. This is the
    case for nearly all events, because they are caused by this service's own calls.
    """
    mine, status = known.payment_intent_id == intent_id, known.status
    if kind == "payment_intent.amount_capturable_updated":
        return mine and status in (PaymentStatus.AUTHORIZED, PaymentStatus.RELEASED, *SETTLED)
    if kind == "payment_intent.succeeded":
        return mine and status in SETTLED
    if kind == "payment_intent.canceled":
        return status in (PaymentStatus.RELEASED, *SETTLED) or (
            not mine and known.payment_intent_id is not None
        )
    if kind == "payment_intent.payment_failed":
        return not mine or status != PaymentStatus.FAILED
    return False


async def adjust(context: StripeContext, db: Transaction, payment: Payment, intent: Intent) -> None:
    """Adjusts the payment to its intent at Stripe."""
    mine = payment.payment_intent_id == intent.id
    if intent.status == "requires_capture":
        if mine and payment.status == PaymentStatus.FAILED:
            await record_hold(db, payment, intent)  # the cardholder has authenticated
        elif not mine and payment.payment_intent_id is not None:
            await operations.plan(db, StepKind.ABANDON, payment.booking_id, {"intent": intent.id})
    elif (
        intent.status == "succeeded"
        and mine
        and payment.status in (PaymentStatus.AUTHORIZED, PaymentStatus.FAILED)
    ):
        await record_capture(db, payment, intent, context.payout_delay)
    elif intent.status == "canceled" and mine and payment.status == PaymentStatus.AUTHORIZED:
        await _lost(db, payment)
    elif (
        intent.status == "requires_payment_method"
        and mine
        and payment.status == PaymentStatus.FAILED
    ):
        await _declined_again(db, payment, intent)


async def _lost(db: Transaction, payment: Payment) -> None:
    """The hold has lapsed or was canceled at Stripe. A planned capture will find that out and
    charge the card again.
    """
    if payment.due == Due.RELEASE:
        await record_release(db, payment)
    elif payment.due is None:
        log.warning("hold lost, authorising again", booking_id=payment.booking_id)
        payment = await payments_store.update(db, payment, capture_before=None)
        await operations.drop_unsent(db, payment.booking_id, StepKind.RENEW)
        await operations.plan(
            db, StepKind.RENEW, payment.booking_id, intent_params(payment, payment.amount)
        )


async def _declined_again(db: Transaction, payment: Payment, intent: Intent) -> None:
    """The cardholder tried on-session, and the bank declined for another reason."""
    if intent.failure is not None and intent.failure != payment.failure and payment.due is None:
        await record_failure(db, payment, intent.failure, intent_id=intent.id)
