"""How what remains of a capture is divided: the commission of what remains is ours, the rest of it
the consultant's.

Always computed from what remains after refunds and disputes, never added up from their parts: so
any order of them, and of what banks return, ends at the same figures, to the cent.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.payments import ledger
from services.payments.commands import payouts
from services.payments.commands.payments import Payment
from services.payments.tables import disputes
from shared.money import share


async def remaining(db: AsyncConnection, payment: Payment) -> int:
    """What was captured and neither went back to the card nor is with the cardholder's bank."""
    disputed = await db.scalar(
        select(func.coalesce(func.sum(disputes.c.amount), 0))
        .where(disputes.c.booking_id == payment.booking_id)
        .where(disputes.c.outcome != "won")
    )
    # A bank may dispute all of a charge of which a part was refunded.
    return max(int(payment.captured_amount) - int(payment.refunded_amount) - int(disputed or 0), 0)


def commission_between(payment: Payment, before: int, after: int) -> int:
    """The commission that we lose when `before` becomes `after`; negative when we regain it."""
    return share(before, payment.commission_bps) - share(after, payment.commission_bps)


async def divide(
    db: AsyncConnection, payment: Payment, *, before: int, after: int, stripe_object: str
) -> None:
    """Divides anew because of `stripe_object`, now that `after` remains and not `before`; the
    payout is settled.
    """
    lost = commission_between(payment, before, after)
    kind = "commission_return" if lost > 0 else "commission_restored"
    await ledger.post(db, payment.booking_id, payment.currency, (kind, stripe_object, abs(lost)))
    payout = await payouts.locked(db, payment.booking_id)
    if payout is not None:
        earned = after - share(after, payment.commission_bps)
        changed = await payouts.write(
            db, payment.booking_id, reversed_amount=payout.amount - earned
        )
        await payouts.settle(db, payment, changed)
