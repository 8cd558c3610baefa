"""Disputes: rows and domain objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from services.payments.domain.model import Dispute, DisputeOutcome
from services.payments.tables import disputes
from shared.db import Transaction


def dispute_from(row: Mapping[Any, Any]) -> Dispute:
    """A row of the table as a Dispute."""
    charge_amount = row["amount"] if row["charge_amount"] is None else row["charge_amount"]
    outcome = DisputeOutcome(row["outcome"])
    return Dispute(**{**row, "charge_amount": charge_amount, "outcome": outcome})


async def of_booking(db: Transaction, booking_id: UUID) -> list[Dispute]:
    """The disputes of a booking's charge, oldest first. They are protected by the lock of its
    payment.
    """
    found = await db.execute(
        select(disputes)
        .where(disputes.c.booking_id == booking_id)
        .order_by(disputes.c.opened_at, disputes.c.dispute_id)
    )
    return [dispute_from(row) for row in found.mappings()]


async def add(db: Transaction, dispute: Dispute) -> None:
    """Inserts a dispute."""
    columns = {name: getattr(dispute, name) for name in dispute.__struct_fields__}
    await db.execute(insert(disputes).values(columns))


async def save(db: Transaction, dispute: Dispute, **values: Any) -> Dispute:
    """Writes `values` and returns the updated dispute."""
    changed = await db.execute(
        update(disputes)
        .where(disputes.c.dispute_id == dispute.dispute_id)
        .values(**values)
        .returning(disputes)
    )
    return dispute_from(changed.mappings().one())
