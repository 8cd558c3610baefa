"""What remains of a capture after refunds and disputes, and how it is split into commission and the
consultant's share.

Both are always computed from what remains, never from the parts that were returned, so that any
order of them leads to the same amounts, to the cent, and to the same status.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.payments import ledger
from services.payments.commands import payouts
from services.payments.domain.model import Dispute, Payment
from services.payments.domain.policy import (
    settled_commission_of,
    share_of,
    verb_after_returns,
)
from services.payments.ledger import Posting, PostingKind
from services.payments.store import payments as payments_store
from services.payments.store import payouts as payouts_store
from shared.db import Transaction


async def update_status(db: Transaction, payment: Payment, disputes: Sequence[Dispute]) -> Payment:
    """Gives a captured payment the status that follows from its refunds and these disputes."""
    return await payments_store.apply(db, payment, verb_after_returns(payment, disputes)) or payment


async def split_between_parties(
    db: Transaction, payment: Payment, *, before: int, after: int, stripe_object: str
) -> None:
    """Splits again because of `stripe_object`, now that `after` of the captured amount remains
    instead of `before`, and plans what the payout then needs. It is computed in the currency in
    which the capture settled, at that rate: the platform bears later changes of the rate.
    """
    lost = settled_commission_of(payment, before) - settled_commission_of(payment, after)
    kind = PostingKind.COMMISSION_RETURN if lost > 0 else PostingKind.COMMISSION_RESTORED
    posting = Posting(kind, stripe_object, abs(lost), payment.payout_currency)
    await ledger.post(db, payment.booking_id, posting)
    payout = await payouts_store.get_for_update(db, payment.booking_id)
    if payout is not None:
        taken = payout.amount - share_of(payment, after)
        changed = await payouts_store.save(db, payment.booking_id, reversed_amount=taken)
        await payouts.proceed(db, payment, changed)
