"""How what remains of a capture is split: the commission of what remains is ours, the rest of it
the consultant's.

Always computed from what remains after refunds and disputes, never added up from their parts: so
any order of them, and of what banks return, ends at the same figures, to the cent.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from services.payments import ledger
from services.payments.commands import payouts
from services.payments.domain.model import Payment
from services.payments.domain.policy import settled_commission_of, share_of
from services.payments.ledger import Posting
from services.payments.store import payouts as store


async def split_between_parties(
    db: AsyncConnection, payment: Payment, *, before: int, after: int, stripe_object: str
) -> None:
    """Splits anew because of `stripe_object`, now that `after` of what was captured remains and not
    `before`; the payout is settled. In the currency in which the capture has settled, at its rate:
    what the rate does meanwhile is ours to bear.
    """
    lost = settled_commission_of(payment, before) - settled_commission_of(payment, after)
    kind = "commission_return" if lost > 0 else "commission_restored"
    posting = Posting(kind, stripe_object, abs(lost), payment.payout_currency)
    await ledger.post(db, payment.booking_id, posting)
    payout = await store.get_for_update(db, payment.booking_id)
    if payout is not None:
        taken = payout.amount - share_of(payment, after)
        changed = await store.save(db, payment.booking_id, reversed_amount=taken)
        await payouts.settle(db, payment, changed)
