"""How what remains of a capture is split: the commission of what remains is ours, the rest of it the
consultant's.

Always computed from what remains after refunds and disputes, never added up from their parts: so
any order of them, and of what banks return, ends at the same figures, to the cent.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from services.payments import ledger
from services.payments.commands import payouts
from services.payments.domain.model import Payment
from services.payments.domain.policy import commission_between, commission_of
from services.payments.store import payouts as store


async def split_between_parties(
    db: AsyncConnection, payment: Payment, *, before: int, after: int, stripe_object: str
) -> None:
    """Splits anew because of `stripe_object`, now that `after` remains and not `before`; the payout
    is settled.
    """
    lost = commission_between(payment, before, after)
    kind = "commission_return" if lost > 0 else "commission_restored"
    await ledger.post(db, payment.booking_id, payment.currency, (kind, stripe_object, abs(lost)))
    payout = await store.get_for_update(db, payment.booking_id)
    if payout is not None:
        earned = after - commission_of(payment, after)
        changed = await store.save(db, payment.booking_id, reversed_amount=payout.amount - earned)
        await payouts.settle(db, payment, changed)
