"""Payments whose card was declined: what a seeker owes, and what authentication depends on."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, exists, select

from services.payments.domain.model import Due, PaymentStatus
from services.payments.domain.operations import StepKind, StepState
from services.payments.tables import operations, payments
from shared.db import Reader, Transaction

_DEBTS = (
    select(payments.c.booking_id)
    .where(payments.c.seeker_id == bindparam("seeker"))
    .where(payments.c.status == PaymentStatus.FAILED, payments.c.due == Due.CAPTURE)
    .where(
        ~exists()
        .where(operations.c.subject_id == payments.c.booking_id)
        .where(operations.c.kind == StepKind.CHARGE, operations.c.state == StepState.FAILED)
        .where(operations.c.params["payment_method"].as_string() == bindparam("card"))
    )
    .order_by(payments.c.booking_id)
)


async def debts_of(db: Transaction, seeker_id: UUID, payment_method_id: str) -> Sequence[UUID]:
    """The bookings whose price or fee the seeker owes and no hold covers, except those for which
    this card was declined.
    """
    values = {"seeker": seeker_id, "card": payment_method_id}
    return (await db.execute(_DEBTS, values)).scalars().all()


_TO_AUTHENTICATE = """
    select p.status, p.failure, p.due, p.payment_intent_id,
           coalesce(c.payment_method_id, case when not exists (
               select 1 from payments.operations as o
               where o.subject_id = p.seeker_id and o.kind = 'detach'
                 and o.params ->> 'payment_method' = p.payment_method_id
           ) then p.payment_method_id end) as card
    from payments.payments as p
    left join payments.cards as c on c.user_id = p.seeker_id and c.removed_at is null
    where p.booking_id = $1 and p.seeker_id = $2
"""


class PaymentToAuthenticate(msgspec.Struct, frozen=True):
    """What a seeker's authentication depends on; `card` is the id of the one that would be
    charged.
    """

    status: PaymentStatus
    failure: str | None
    due: Due | None
    payment_intent_id: str | None
    card: str | None


async def to_authenticate(
    reader: Reader, booking_id: UUID, seeker_id: UUID
) -> PaymentToAuthenticate | None:
    """The payment of a booking, as far as authentication needs it; None if it is not this
    seeker's.
    """
    row = await reader.row(_TO_AUTHENTICATE, booking_id, seeker_id)
    if row is None:
        return None
    due = Due(row["due"]) if row["due"] is not None else None
    return PaymentToAuthenticate(**{**row, "status": PaymentStatus(row["status"]), "due": due})
