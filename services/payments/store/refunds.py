"""Refunds: rows and domain objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.payments.domain.model import Refund, RefundState
from services.payments.tables import refunds
from shared.clock import now
from shared.db import Transaction
from shared.ids import new_id


def refund_from(row: Mapping[Any, Any]) -> Refund:
    """A row of the table as a Refund."""
    return Refund(**{**row, "state": RefundState(row["state"])})


async def get(db: Transaction, refund_id: UUID) -> Refund:
    """One refund that is known to be there."""
    found = await db.execute(select(refunds).where(refunds.c.id == refund_id))
    return refund_from(found.mappings().one())


async def by_stripe_id(db: Transaction, stripe_id: str) -> Refund | None:
    """The refund with that id at Stripe; None if it is not ours."""
    found = await db.execute(select(refunds).where(refunds.c.refund_id == stripe_id))
    row = found.mappings().one_or_none()
    return refund_from(row) if row is not None else None


async def pending_amount(db: Transaction, booking_id: UUID) -> int:
    """The sum of the booking's pending refunds, in minor units."""
    total = await db.scalar(
        select(func.coalesce(func.sum(refunds.c.amount), 0))
        .where(refunds.c.booking_id == booking_id)
        .where(refunds.c.state == RefundState.PENDING)
    )
    return int(total or 0)


async def add(
    db: Transaction,
    booking_id: UUID,
    amount: int,
    reason: str,
    *,
    requested_by: UUID | None = None,
) -> Refund:
    """Inserts a pending refund."""
    at = now()
    added = await db.execute(
        insert(refunds)
        .values(
            id=new_id(),
            booking_id=booking_id,
            amount=amount,
            commission_amount=0,
            reason=reason,
            state=RefundState.PENDING,
            requested_by=requested_by,
            created_at=at,
            updated_at=at,
        )
        .returning(refunds)
    )
    return refund_from(added.mappings().one())


async def save(db: Transaction, refund: Refund, **values: Any) -> None:
    """Writes `values` to the refund."""
    changed = update(refunds).where(refunds.c.id == refund.id)
    await db.execute(changed.values(**values, updated_at=now()))
