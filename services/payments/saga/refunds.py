"""Returning captured money to the card. The refund goes out first, for it is the seeker's; the
consultant's share follows.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.payments.commands import refunds
from services.payments.domain.model import Payment
from services.payments.saga.kinds import Kind
from services.payments.store.operations import Operation
from services.payments.stripe_api import Refused, Stripe
from services.payments.stripe_api import refunds as stripe_refunds
from services.payments.stripe_api.refunds import Refund
from services.payments.tables import refunds as rows
from shared.clock import now
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
    """Looks at Stripe for what a step in doubt has done; None where it has done nothing."""
    for made in await stripe_refunds.refunds_of(stripe, operation.params["charge"]):
        if made.metadata.get("operation") == operation.idempotency_key:
            return made
    return None


async def refunded(
    db: AsyncConnection, operation: Operation, payment: Payment, refund: Refund
) -> None:
    """The money is on its way back."""
    row = await refunds.get_refund(db, UUID(operation.params["refund"]))
    await refunds.record_refund(db, payment, row, refund)


async def refused(db: AsyncConnection, operation: Operation, _: Payment, why: Refused) -> None:
    """Stripe will not return it (already refunded or charged back there): the refund has failed,
    and says why.
    """
    log.error("refund refused", booking_id=operation.subject_id, reason=str(why))
    await db.execute(
        update(rows)
        .where(rows.c.id == UUID(operation.params["refund"]))
        .values(state="failed", failure=why.code, updated_at=now())
    )


REFUND = Kind(send, find, refunded, refused)
