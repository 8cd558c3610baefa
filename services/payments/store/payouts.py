"""Payouts: rows and domain objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from services.payments.domain.model import Payment, Payout, PayoutStatus
from services.payments.domain.policy import settled_commission_of, settled_of, share_of
from services.payments.tables import payouts
from shared.clock import now
from shared.db import Transaction


def payout_from(row: Mapping[Any, Any]) -> Payout:
    """A row of the table as a Payout."""
    return Payout(**{**row, "status": PayoutStatus(row["status"])})


async def get_for_update(db: Transaction, booking_id: UUID) -> Payout | None:
    """The payout of a booking, locked until the transaction ends; None if there is none."""
    found = await db.execute(
        select(payouts).where(payouts.c.booking_id == booking_id).with_for_update()
    )
    row = found.mappings().one_or_none()
    return payout_from(row) if row is not None else None


async def get_existing(db: Transaction, booking_id: UUID) -> Payout:
    """`get_for_update` of a payout that is known to be there."""
    payout = await get_for_update(db, booking_id)
    assert payout is not None
    return payout


def shares(payment: Payment) -> dict[str, Any]:
    """The consultant's share of a capture, in the currency in which it has settled."""
    captured = payment.captured_amount
    return {
        "gross_amount": settled_of(payment, captured),
        "commission_amount": settled_commission_of(payment, captured),
        "amount": share_of(payment, captured),
        "currency": payment.payout_currency,
    }


async def add(db: Transaction, payment: Payment, **values: Any) -> Payout | None:
    """Inserts the consultant's share of a capture; None if it exists already."""
    added = await db.execute(
        insert(payouts)
        .values(
            booking_id=payment.booking_id,
            consultant_id=payment.consultant_id,
            **shares(payment),
            reversed_amount=0,
            recalled_amount=0,
            sent_amount=0,
            status=PayoutStatus.PENDING,
            created_at=now(),
            **values,
        )
        .on_conflict_do_nothing()
        .returning(payouts)
    )
    row = added.mappings().one_or_none()
    return payout_from(row) if row is not None else None


async def save(db: Transaction, booking_id: UUID, **values: Any) -> Payout:
    """Writes `values` and returns the updated payout."""
    changed = await db.execute(
        update(payouts)
        .where(payouts.c.booking_id == booking_id)
        .values(**values)
        .returning(payouts)
    )
    return payout_from(changed.mappings().one())
