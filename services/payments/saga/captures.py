"""Taking the money that is held, taking it anew when the hold was lost, or letting it go; and what
a capture leads to.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from services.payments import ledger
from services.payments.commands import payouts
from services.payments.commands.payments import Kind, Payment, change, intent_params, release
from services.payments.domain import lifecycle
from services.payments.saga import authorizations
from services.payments.saga.authorizations import retry_anew
from services.payments.store import operations as queue
from services.payments.store.operations import Operation
from services.payments.stripe_api import Declined, Refused, Stripe, intents
from services.payments.stripe_api.intents import Intent
from shared.clock import now
from shared.events import PaymentCaptured, PaymentFailed
from shared.money import share
from shared.outbox import emit
from shared.telemetry import log


async def send_capture(stripe: Stripe, operation: Operation) -> Intent:
    params = operation.params
    return await intents.capture_intent(
        stripe, params["intent"], params["amount"], key=operation.idempotency_key
    )


async def find_capture(stripe: Stripe, operation: Operation) -> Intent | None:
    found = await intents.intent(stripe, operation.params["intent"])
    return found if found.status != "requires_capture" else None


class Captures:
    """What follows from a capture; `payout_delay` lies between it and the consultant's share."""

    def __init__(self, payout_delay_seconds: int) -> None:
        self._delay = timedelta(seconds=payout_delay_seconds)
        self.capture = Kind(send_capture, find_capture, self.captured, retry_anew)
        self.charge = Kind(
            authorizations.send, authorizations.find, self.charged, charge_refused, charge_declined
        )

    async def captured(
        self, db: AsyncConnection, operation: Operation, payment: Payment, intent: Intent
    ) -> None:
        """The intent is captured, now or before. One that has lapsed meanwhile is charged anew: the
        seeker owes.
        """
        if intent.status == "succeeded":
            await self.take(db, payment, intent)
        elif payment.status in ("authorized", "failed"):
            log.warning(
                "hold was lost before capture", booking_id=payment.booking_id, intent=intent.id
            )
            await queue.plan(
                db, "charge", payment.booking_id, intent_params(payment, operation.params["amount"])
            )

    async def charged(
        self, db: AsyncConnection, operation: Operation, payment: Payment, intent: Intent
    ) -> None:
        """The saved card was charged anew."""
        await self.take(db, payment, intent)

    async def take(self, db: AsyncConnection, payment: Payment, intent: Intent) -> None:
        """Writes what was captured: payment, ledger, payout; tells it."""
        status = lifecycle.advance(payment.status, "capture")
        if status is None:
            return
        amount = intent.captured
        commission = share(amount, payment.commission_bps)
        changed = await change(
            db,
            payment.booking_id,
            status=status,
            failure=None,
            payment_intent_id=intent.id,
            charge_id=intent.charge_id,
            captured_amount=amount,
            commission_amount=commission,
            stripe_fee=intent.fee,
            captured_at=now(),
            capture_before=None,
        )
        await ledger.post(
            db,
            payment.booking_id,
            payment.currency,
            ("capture", intent.id, amount),
            ("commission", intent.id, commission),
            ("stripe_fee", intent.id, intent.fee or 0),
        )
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
        await payouts.owe(db, changed, self._delay)


async def charge_declined(
    db: AsyncConnection, operation: Operation, payment: Payment, declined: Declined
) -> None:
    """The seeker owes, and their card does not pay: both are told, and the debt stays on the
    payment for an operator.
    """
    if payment.status not in ("authorized", "failed"):
        return
    await change(
        db,
        payment.booking_id,
        status="failed",
        failure=declined.reason,
        payment_intent_id=declined.intent_id or payment.payment_intent_id,
        capture_before=None,
    )
    log.error("owed and not paid", booking_id=payment.booking_id, reason=declined.code)
    await emit(
        db,
        PaymentFailed(
            booking_id=payment.booking_id,
            payment_intent_id=declined.intent_id or payment.payment_intent_id,
            amount=operation.params["amount"],
            currency=payment.currency,
            reason=declined.reason,
        ),
    )


async def charge_refused(
    db: AsyncConnection, operation: Operation, payment: Payment, why: Refused
) -> None:
    await charge_declined(
        db, operation, payment, Declined(authorizations.reason_of(why), why.code, None, None)
    )


# ---- letting go


async def send_release(stripe: Stripe, operation: Operation) -> Intent:
    return await intents.cancel_intent(
        stripe, operation.params["intent"], key=operation.idempotency_key
    )


async def find_release(stripe: Stripe, operation: Operation) -> Intent | None:
    found = await intents.intent(stripe, operation.params["intent"])
    return found if found.status in ("canceled", "succeeded") else None


async def released(
    db: AsyncConnection, operation: Operation, payment: Payment, intent: Intent
) -> None:
    """The hold is gone: let go by us now or before, or lapsed. A capture that nobody here asked for
    is an alarm.
    """
    if intent.status == "succeeded":
        log.error(
            "captured at Stripe though it was to be released",
            booking_id=payment.booking_id,
            intent=intent.id,
        )
        return
    await release(db, payment)


RELEASE = Kind(send_release, find_release, released, retry_anew)
