"""The job `money-sweep`: finds payments, holds and payouts for which no step is planned, and plans
one, so that none stays as it is forever.

In a healthy system it finds nothing. What it finds is logged as an error, because it means that an
event was lost or a step forgotten.
"""

from __future__ import annotations

from datetime import timedelta

from services.payments.commands.captures import plan_settlement
from services.payments.commands.stuck import resume_payment, resume_payout
from services.payments.queries import stuck
from services.payments.store import payments as payments_store
from shared.clock import now
from shared.db import Database
from shared.metrics import SWEPT
from shared.telemetry import log

# How long a row may be without its step: longer than any transaction takes.
SETTLING = timedelta(minutes=2)


async def sweep(database: Database) -> bool:
    """Job: one round over what is stuck. Whether there is likely more."""
    at = now()
    payments = await stuck.payments_without_step(database.reader, at - SETTLING, at)
    payouts = await stuck.payouts_without_step(database.reader, at - SETTLING)
    for booking_id in await stuck.captures_without_step(database.reader, at - SETTLING):
        async with database.transaction() as db:
            await plan_settlement(db, await payments_store.get_existing(db, booking_id))
        log.error("settlement was not planned", booking_id=booking_id)
        SWEPT.labels("payment").inc()
    for booking_id in payments:
        async with database.transaction() as db:
            found = await resume_payment(db, booking_id)
        if found is not None:
            log.error(
                "payment was stuck", booking_id=booking_id, status=found.status, due=found.due
            )
            SWEPT.labels("payment").inc()
    for booking_id in payouts:
        async with database.transaction() as db:
            await resume_payout(db, booking_id)
        log.error("payout was stuck", booking_id=booking_id)
        SWEPT.labels("payout").inc()
    return len(payments) == stuck.AT_ONCE or len(payouts) == stuck.AT_ONCE
