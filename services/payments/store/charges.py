"""Which booking a charge at Stripe is for."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import bindparam, select

from services.payments.tables import payments
from shared.db import Query, Reader, Transaction

_OF_CHARGE = select(payments.c.booking_id).where(payments.c.charge_id == bindparam("charge"))
_CHARGED = Query(_OF_CHARGE)
_CAPTURED = Query(_OF_CHARGE.where(payments.c.captured_amount > 0))
_UNSETTLED = _OF_CHARGE.where(payments.c.captured_amount > 0, payments.c.settled_currency.is_(None))


async def booking_of_charge(reader: Reader, charge_id: str) -> UUID | None:
    """The booking of a charge; None if it is not ours."""
    found: UUID | None = await reader.value(_CHARGED, charge=charge_id)
    return found


async def booking_of_capture(reader: Reader, charge_id: str) -> UUID | None:
    """The booking of a charge that was captured; None for any other."""
    found: UUID | None = await reader.value(_CAPTURED, charge=charge_id)
    return found


async def booking_of_unsettled_capture(db: Transaction, charge_id: str) -> UUID | None:
    """The booking of a captured charge that has not settled yet; None for any other."""
    return (await db.execute(_UNSETTLED, {"charge": charge_id})).scalar_one_or_none()
