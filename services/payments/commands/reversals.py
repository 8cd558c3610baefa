"""Transfers reversed in Stripe's Dashboard are recorded, like refunds made there.

They are in addition to the reversals that this service makes for refunds and disputes; the money is
not sent again.
"""

from __future__ import annotations

from uuid import UUID

from services.payments import ledger
from services.payments.commands import payouts
from services.payments.domain.model import Payment, PayoutStatus
from services.payments.ledger import Posting
from services.payments.store import payments as payments_store
from services.payments.store import payouts as payouts_store
from services.payments.stripe_api import Stripe, transfers
from services.payments.stripe_api.transfers import Reversal
from shared.db import Database, Transaction


async def check_transfer(
    database: Database, stripe: Stripe, booking_id: UUID, transfer_id: str
) -> None:
    """Compares the reversals of a booking's transfer with ours, and records those made in the
    Dashboard.
    """
    made = await transfers.reversals_of(stripe, transfer_id)
    async with database.transaction() as db:
        payment = await payments_store.get_existing(db, booking_id)
        await _take_over(db, payment, transfer_id, made)


async def _take_over(
    db: Transaction, payment: Payment, transfer_id: str, made: list[Reversal]
) -> None:
    """Records those of `made`, the reversals of one transfer, that this service did not make, once:
    ledger and payout; publishes them.
    """
    known = await ledger.recorded(db, payment.booking_id, "reversal")
    new = [one for one in made if not one.ours and one.id not in known]
    payout = await payouts_store.get_for_update(db, payment.booking_id)
    if not new or payout is None:
        return
    amount = sum(one.amount for one in new)
    left = payout.sent_amount - amount
    postings = [Posting("reversal", one.id, one.amount, payout.currency) for one in new]
    await ledger.post(db, payment.booking_id, *postings)
    changed = await payouts_store.save(
        db,
        payment.booking_id,
        sent_amount=left,
        recalled_amount=payout.recalled_amount + amount,
        status=PayoutStatus.REVERSED if left == 0 else PayoutStatus.PAID,
    )
    await payouts.emit_payout_sent(db, payout, "reversed", amount, transfer_id)
    await payouts.settle(db, payment, changed)
