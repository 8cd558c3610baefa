"""Payments as reconciliation compares them with Stripe."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services.payments.domain.model import PaymentStatus
from shared.db import Reader


class ComparedPayment(msgspec.Struct, frozen=True, kw_only=True):
    """What Stripe has to agree with; amounts in minor units. `busy`: a step that changes something
    at Stripe is in progress, or an intent is to be canceled.
    """

    booking_id: UUID
    status: PaymentStatus
    payment_intent_id: str | None
    captured_amount: int
    sent_amount: int
    busy: bool


class ChangedPayment(ComparedPayment, frozen=True, kw_only=True):
    """A payment and when it has changed."""

    updated_at: datetime


class PaymentIds(msgspec.Struct, frozen=True):
    """The ids at Stripe of a payment's intent and of its seeker's customer."""

    payment_intent_id: str | None
    customer_id: str | None


_COLUMNS = """
    p.booking_id, p.status, p.payment_intent_id, p.captured_amount,
    coalesce(o.sent_amount, 0) as sent_amount,
    exists (select 1 from payments.operations as s
            where s.subject_id = p.booking_id and s.state in ('due', 'running')
              and (s.in_doubt or s.kind = 'abandon')) as busy
    from payments.payments as p
    left join payments.payouts as o on o.booking_id = p.booking_id
"""
_ONE = f"select {_COLUMNS} where p.booking_id = $1"  # nosec B608 # names of ours; values are bound
_CHANGED = f"""
    select p.updated_at, {_COLUMNS}
    where (p.updated_at, p.booking_id) > ($1, $2)
    order by p.updated_at, p.booking_id limit $3
"""  # nosec B608 # names of ours; values are bound
_BOOKED = "select booking_id from payments.payments where booking_id = any($1::uuid[])"
_IDS = """
    select p.payment_intent_id, c.customer_id from payments.payments as p
    left join payments.customers as c on c.user_id = p.seeker_id where p.booking_id = $1
"""


async def compared_payment(reader: Reader, booking_id: UUID) -> ComparedPayment | None:
    """The payment of a booking; None if there is none."""
    row = await reader.row(_ONE, booking_id)
    return ComparedPayment(**_with_status(row)) if row is not None else None


async def changed_after(
    reader: Reader, at: datetime, booking_id: UUID, most: int
) -> list[ChangedPayment]:
    """The next payments after that time and booking, in the order in which they changed."""
    rows = await reader.rows(_CHANGED, at, booking_id, most)
    return [ChangedPayment(**_with_status(row)) for row in rows]


def _with_status(row: Any) -> dict[str, Any]:
    return {**row, "status": PaymentStatus(row["status"])}


async def booked(reader: Reader, bookings: list[UUID]) -> set[UUID]:
    """Those of `bookings` that have a payment."""
    return {row["booking_id"] for row in await reader.rows(_BOOKED, bookings)}


async def ids_of(reader: Reader, booking_id: UUID) -> PaymentIds | None:
    """The ids of a booking's payment at Stripe; None if it has no payment."""
    row = await reader.row(_IDS, booking_id)
    return PaymentIds(**row) if row is not None else None
