"""The numbers of receipts: each consultant has a sequence of their own."""

from __future__ import annotations

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from services.payments.domain.model import Payment
from services.payments.tables import receipt_counters
from shared.db import Transaction

_counter = insert(receipt_counters).values(consultant_id=bindparam("consultant"), last_number=1)
_NEXT_NUMBER = _counter.on_conflict_do_update(
    index_elements=["consultant_id"],
    set_={"last_number": receipt_counters.c.last_number + 1},
).returning(receipt_counters.c.last_number)


async def next_receipt_number(db: Transaction, payment: Payment) -> int:
    """The number of the payment's receipt: the consultant's next number, assigned in the
    transaction of the capture, so that there are no gaps. A payment that has a number keeps it.
    """
    if payment.receipt_number is not None:
        return payment.receipt_number
    number: int = await db.scalar(_NEXT_NUMBER, {"consultant": payment.consultant_id})
    return number
