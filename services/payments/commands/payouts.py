"""What a consultant is owed for a booking, and the step that settles it: a transfer of what is
missing, a reversal of what is too much.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.payments.commands.payments import Payment
from services.payments.store import operations as queue
from services.payments.tables import operations, payout_accounts, payouts
from shared.clock import now
from shared.db import after_commit
from shared.events import PayoutSent
from shared.outbox import emit

Payout = Row[Any]
AT_ONCE = timedelta(0)


async def owe(db: AsyncConnection, payment: Payment, delay: timedelta) -> None:
    """Writes the consultant's share of a capture, due after `delay`, and plans its transfer."""
    at = now()
    added = await db.execute(
        insert(payouts)
        .values(
            booking_id=payment.booking_id,
            consultant_id=payment.consultant_id,
            gross_amount=payment.captured_amount,
            commission_amount=payment.commission_amount,
            amount=payment.captured_amount - payment.commission_amount,
            reversed_amount=0,
            recalled_amount=0,
            sent_amount=0,
            currency=payment.currency,
            status="pending",
            available_on=at + delay,
            created_at=at,
        )
        .on_conflict_do_nothing()
        .returning(payouts)
    )
    payout = added.one_or_none()
    if payout is not None:
        await settle(db, payment, payout, fresh=True)


async def locked(db: AsyncConnection, booking_id: UUID) -> Payout | None:
    """The payout of a booking, locked until the transaction ends."""
    found = await db.execute(
        select(payouts).where(payouts.c.booking_id == booking_id).with_for_update()
    )
    row: Payout | None = found.one_or_none()
    return row


async def write(db: AsyncConnection, booking_id: UUID, **values: Any) -> Payout:
    """Writes `values` to the payout; the row as it is then."""
    changed = await db.execute(
        update(payouts)
        .where(payouts.c.booking_id == booking_id)
        .values(**values)
        .returning(payouts)
    )
    row: Payout = changed.one()
    return row


def missing(payout: Payout) -> int:
    """What is still to be sent to the consultant; negative: to be taken back. Refunds and disputes
    take their share, and what was recalled by hand is gone for good, whichever was first.
    """
    due: int = max(payout.amount - payout.reversed_amount - payout.recalled_amount, 0)
    return due - int(payout.sent_amount)


async def settle(
    db: AsyncConnection, payment: Payment, payout: Payout, *, fresh: bool = False
) -> None:
    """Plans what brings the consultant's account to what they are owed now. A step under way is
    waited for: it settles again.
    """
    if not fresh:
        await queue.drop_unsent(db, payout.booking_id, "transfer", "reverse")
    owed = missing(payout)
    if owed > 0:
        await _transfer(db, payment, payout, owed)
    elif owed < 0:
        params = {"booking_id": str(payout.booking_id), "amount": -owed}
        await queue.plan(db, "reverse", payout.booking_id, params)
    else:
        await _settled(db, payout)


async def _transfer(db: AsyncConnection, payment: Payment, payout: Payout, amount: int) -> None:
    if payout.status != "pending":
        await write(db, payout.booking_id, status="pending")
    account = await db.scalar(
        select(payout_accounts.c.account_id)
        .where(payout_accounts.c.user_id == payout.consultant_id)
        .where(payout_accounts.c.status == "active")
    )
    params = {
        "booking_id": str(payout.booking_id),
        "consultant_id": str(payout.consultant_id),
        "amount": amount,
        "currency": payout.currency,
        "charge": payment.charge_id,
        "destination": account,
    }
    later = payout.available_on if payout.available_on > now() else None
    await queue.plan(
        db, "transfer", payout.booking_id, params, due_at=later, waiting=account is None
    )


async def _settled(db: AsyncConnection, payout: Payout) -> None:
    """Nothing is to be sent: all of it was refunded or disputed before, or is commission, which
    counts as paid.
    """
    status = "reversed" if payout.amount > 0 and payout.sent_amount == 0 else "paid"
    if payout.status != status:
        await write(db, payout.booking_id, status=status)
        await tell(db, payout, status, 0)


async def tell(
    db: AsyncConnection, payout: Payout, state: str, amount: int, transfer_id: str | None = None
) -> None:
    """Tells that money was sent to the consultant, or taken back from them."""
    await emit(
        db,
        PayoutSent(
            user_id=payout.consultant_id,
            booking_id=payout.booking_id,
            state=state,
            amount=amount,
            currency=payout.currency,
            transfer_id=transfer_id,
        ),
    )


async def wake_transfers(db: AsyncConnection, consultant_id: UUID, account_id: str) -> None:
    """The account can receive: what waited for it becomes due (not before the payout is
    available).
    """
    waiting = (
        select(operations.c.id, payouts.c.available_on)
        .join(payouts, payouts.c.booking_id == operations.c.subject_id)
        .where(payouts.c.consultant_id == consultant_id, payouts.c.status == "pending")
        .where(operations.c.kind == "transfer", operations.c.state == "waiting")
    ).subquery()
    woken = await db.execute(
        update(operations)
        .where(operations.c.id == waiting.c.id)
        .values(
            state="due",
            due_at=waiting.c.available_on,
            params=operations.c.params.op("||")({"destination": account_id}),
        )
    )
    if woken.rowcount:
        after_commit(db, queue.ring)
