"""Transfers reversed in Stripe's Dashboard are recorded, like refunds made there.

They are in addition to the reversals that this service makes for refunds and disputes; the money is
not sent again.
"""

from __future__ import annotations

from uuid import UUID

from services.payments.commands import payouts
from services.payments.store import payments as payments_store
from services.payments.store import payouts as payouts_store
from services.payments.stripe_api import Stripe, transfers
from shared.db import Database


async def check_transfer(
    database: Database, stripe: Stripe, booking_id: UUID, transfer_id: str
) -> None:
    """Compares the reversals of a booking's transfer with ours, and records those made in the
    Dashboard.
    """
    made = await transfers.reversals_of(stripe, transfer_id)
    async with database.transaction() as db:
        payment = await payments_store.get_existing(db, booking_id)
        before = await payouts_store.get_for_update(db, booking_id)
        if before is None:
            return
        # Our own are recorded by the step that made them.
        by_hand = [one for one in made if not one.ours]
        payout = await payouts.record_reversals(db, booking_id, by_hand)
        if payout != before:
            await payouts.proceed(db, payment, payout)
