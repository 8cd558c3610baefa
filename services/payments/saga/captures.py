"""Capturing what is held, charging the card again if the hold was lost, or releasing it; and what
a capture leads to.
"""

from __future__ import annotations

from datetime import timedelta

from services.payments.commands.captures import record_capture, record_settlement
from services.payments.commands.holds import record_hold
from services.payments.commands.payments import charge, failed_event, record_release, write_off
from services.payments.domain.lifecycle import Verb
from services.payments.domain.model import Payment, PaymentStatus
from services.payments.domain.operations import Operation
from services.payments.saga import authorizations
from services.payments.saga.common import cancel, find_canceled, retry_with_new_key
from services.payments.saga.kinds import Kind, payment_of
from services.payments.store import cards
from services.payments.store import payments as payments_store
from services.payments.stripe_api import Declined, Refused, Stripe, Uncertain, intents
from services.payments.stripe_api.intents import Intent
from shared.db import Transaction
from shared.telemetry import log

TOO_SMALL = "amount_too_small"


async def send_capture(stripe: Stripe, operation: Operation) -> Intent:
    """Captures the hold."""
    params = operation.params
    return await intents.capture_intent(
        stripe, params["intent"], params["amount"], key=operation.idempotency_key
    )


async def find_capture(stripe: Stripe, operation: Operation) -> Intent | None:
    """The intent if it is no longer held; None if a capture in doubt did nothing."""
    found = await intents.intent(stripe, operation.params["intent"])
    return found if found.status != "requires_capture" else None


async def send_settle(stripe: Stripe, operation: Operation) -> Intent:
    """Reads how a capture has settled. Changes nothing at Stripe."""
    found = await intents.intent(stripe, operation.params["intent"])
    if found.settlement is None:
        raise Uncertain("the capture has not settled yet")
    return found


class Captures:
    """Captures and charges; `payout_delay` lies between each and the consultant's share."""

    def __init__(self, payout_delay: timedelta) -> None:
        self.payout_delay = payout_delay
        self.capture = Kind(payment_of, send_capture, find_capture, self.captured, capture_refused)
        self.charge = Kind(
            payment_of,
            authorizations.send,
            authorizations.find,
            self.charged,
            charge_refused,
            charge_declined,
        )
        self.settle = Kind(payment_of, send_settle, send_settle, self.settled, retry_with_new_key)

    async def settled(
        self, db: Transaction, operation: Operation, payment: Payment, intent: Intent
    ) -> None:
        """The capture has settled."""
        assert intent.settlement is not None
        await record_settlement(db, payment, intent.settlement, self.payout_delay)

    async def captured(
        self, db: Transaction, operation: Operation, payment: Payment, intent: Intent
    ) -> None:
        """The intent is captured, now or earlier. If the hold has lapsed meanwhile, the card is
        charged again, because the seeker owes the amount.
        """
        if intent.status == "succeeded":
            await record_capture(db, payment, intent, self.payout_delay)
        elif payment.status in (PaymentStatus.AUTHORIZED, PaymentStatus.FAILED):
            log.warning(
                "hold was lost before capture", booking_id=payment.booking_id, intent=intent.id
            )
            await charge(db, payment, operation.params["amount"])

    async def charged(
        self, db: Transaction, operation: Operation, payment: Payment, intent: Intent
    ) -> None:
        """The saved card was charged again. An intent that only holds the money (the cardholder has
        confirmed the earlier one after all) is captured next.
        """
        if intent.status == "requires_capture":
            await record_hold(db, payment, intent)
        else:
            await record_capture(db, payment, intent, self.payout_delay)


async def charge_declined(
    db: Transaction, operation: Operation, payment: Payment, declined: Declined
) -> None:
    """The seeker owes the amount and their card was declined: the debt stays on the payment, and
    they are told how to pay it. If another card has been saved meanwhile, it is charged.
    """
    amount = operation.params["amount"]
    intent_id = declined.intent_id or payment.payment_intent_id
    card = await cards.saved_id(db, payment.seeker_id)
    has_other_card = card not in (None, operation.params.get("payment_method"))
    event = failed_event(payment, amount, declined.reason, intent_id, owed=True)
    changed = await payments_store.apply(
        db,
        payment,
        Verb.FAIL,
        event=None if has_other_card else event,
        failure=declined.reason,
        payment_intent_id=intent_id,
        capture_before=None,
    )
    if changed is None:
        return
    log.error("owed and not paid", booking_id=payment.booking_id, reason=declined.code)
    if has_other_card:
        await charge(db, changed, amount)


async def capture_refused(
    db: Transaction, operation: Operation, payment: Payment, why: Refused
) -> None:
    """A capture is tried again, unless it is of less than Stripe takes."""
    if why.code == TOO_SMALL:
        await write_off(db, payment)
    else:
        await retry_with_new_key(db, operation, payment, why)


async def charge_refused(
    db: Transaction, operation: Operation, payment: Payment, why: Refused
) -> None:
    """Records that the charge was refused. Stripe determines the minimum charge: for a converted
    charge it may be higher than in our table.
    """
    if why.code == TOO_SMALL:
        await write_off(db, payment)
        return
    await charge_declined(
        db, operation, payment, Declined(authorizations.reason_of(why), why.code, None, None)
    )


# ---- release


async def released(db: Transaction, operation: Operation, payment: Payment, intent: Intent) -> None:
    """The hold was canceled, now or earlier, or has lapsed. If booking's decision arrived while the
    hold of a payment that was given up was being released, the step that it planned charges the
    card again. A capture that this service did not ask for is logged as an error and refunded.
    """
    if intent.status == "succeeded":
        log.error(
            "captured at Stripe though it was to be released",
            booking_id=payment.booking_id,
            intent=intent.id,
        )
        await record_capture(db, payment, intent, timedelta())
    elif not payment.charge_is_due:
        await record_release(db, payment)


async def release_refused(
    db: Transaction, operation: Operation, payment: Payment, why: Refused
) -> None:
    """A release is tried again, unless booking has decided meanwhile that the hold is captured."""
    if not payment.charge_is_due:
        await retry_with_new_key(db, operation, payment, why)


RELEASE = Kind(payment_of, cancel, find_canceled, released, release_refused)
