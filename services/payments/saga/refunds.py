"""Returning captured money to the card. The refund is made first, because the money is the
seeker's; then the consultant's share is reversed.
"""

from __future__ import annotations

from uuid import UUID

from services.payments.commands.refunds import record_refund, record_refusal
from services.payments.domain.model import Payment
from services.payments.domain.operations import Operation
from services.payments.saga.kinds import Kind, payment_of
from services.payments.store import refunds as refunds_store
from services.payments.stripe_api import Refused, Stripe
from services.payments.stripe_api import refunds as stripe_refunds
from services.payments.stripe_api.refunds import Refund
from shared.db import Transaction
from shared.telemetry import log


async def send(stripe: Stripe, operation: Operation) -> Refund:
    """Sends the step to Stripe."""
    params = operation.params
    return await stripe_refunds.create_refund(
        stripe,
        params["charge"],
        params["amount"],
        key=operation.idempotency_key,
        booking_id=params["booking_id"],
    )


async def find(stripe: Stripe, operation: Operation) -> Refund | None:
    """The refund that a step in doubt made; None if it made none."""
    for made in await stripe_refunds.refunds_of(stripe, operation.params["charge"]):
        if made.metadata.get("operation") == operation.idempotency_key:
            return made
    return None


async def refunded(db: Transaction, operation: Operation, payment: Payment, refund: Refund) -> None:
    """The money is on its way back."""
    row = await refunds_store.get(db, UUID(operation.params["refund"]))
    await record_refund(db, payment, row, refund)


async def refused(db: Transaction, operation: Operation, payment: Payment, why: Refused) -> None:
    """Stripe refuses the refund (already refunded or charged back there): it has failed, with
    Stripe's reason.
    """
    log.error("refund refused", booking_id=operation.subject_id, reason=str(why))
    row = await refunds_store.get(db, UUID(operation.params["refund"]))
    await record_refusal(db, payment, row, why.code)


REFUND = Kind(payment_of, send, find, refunded, refused)
