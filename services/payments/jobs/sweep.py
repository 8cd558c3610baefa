"""The job `money-sweep`: finds payments, holds and payouts for which no step is planned, and plans
one, so that none stays as it is forever.

In a healthy system it finds nothing. What it finds is logged as an error, because it means that an
event was lost or a step forgotten.
"""

from __future__ import annotations

from datetime import timedelta

from services.payments.commands.captures import plan_settlement
from services.payments.commands.stuck import SILENCE, resume_payment, resume_payout
from services.payments.store import payments as payments_store
from services.payments.store.operations import HAS_OPEN_STEP, OPEN_STEPS
from shared.clock import now
from shared.db import Database
from shared.metrics import SWEPT

# How long a row may be without its step: longer than any transaction takes.
SETTLING = timedelta(minutes=2)
AT_ONCE = 50

# Each part along an index of its own (migration 0012): most live payments are neither. A lateral
# join, because the planner would otherwise hash the steps of all payments.
_STUCK = f"""
    (select p.booking_id from payments.payments as p
     cross join lateral (
         select count(*) > 0 as planned from {OPEN_STEPS}) as s
     where p.status in ('authorizing', 'authorized', 'failed')
       and (p.due is not null or p.status = 'authorizing')
       and p.updated_at < $1 and not s.planned
       and not (p.status = 'failed' and p.due = 'capture' and exists (
           select 1 from payments.operations as o
           left join payments.cards as c on c.user_id = p.seeker_id and c.removed_at is null
           where o.subject_id = p.booking_id and o.kind = 'charge' and o.state = 'failed'
             and (c.user_id is null or o.params ->> 'payment_method' = c.payment_method_id)))
     limit {AT_ONCE})
    union
    (select p.booking_id from payments.payments as p
     where p.status in ('authorizing', 'authorized', 'failed') and p.due is null
       and p.scheduled_end < $2 and p.updated_at < $1
     limit {AT_ONCE})
    limit {AT_ONCE}
"""  # noqa: S608  # nosec B608 # names of ours; values are bound

_UNPAID = f"""
    select p.booking_id from payments.payouts as p
    where p.status = 'pending' and p.created_at < $1 and not {HAS_OPEN_STEP} limit {AT_ONCE}
"""  # noqa: S608  # nosec B608 # names of ours; values are bound

_UNSETTLED = f"""
    select p.booking_id from payments.payments as p
    where p.captured_amount > 0 and p.settled_amount is null and p.updated_at < $1
      and not {HAS_OPEN_STEP}
    limit {AT_ONCE}
"""  # noqa: S608  # nosec B608 # names of ours; values are bound


async def sweep(database: Database) -> bool:
    """Job: one round over what is stuck. Whether there is likely more."""
    at = now()
    stuck = await database.reader.rows(_STUCK, at - SETTLING, at - SILENCE)
    unpaid = await database.reader.rows(_UNPAID, at - SETTLING)
    for row in await database.reader.rows(_UNSETTLED, at - SETTLING):
        async with database.transaction() as db:
            await plan_settlement(db, await payments_store.get_existing(db, row["booking_id"]))
        SWEPT.labels("payment").inc()
    for row in stuck:
        async with database.transaction() as db:
            await resume_payment(db, row["booking_id"])
        SWEPT.labels("payment").inc()
    for row in unpaid:
        async with database.transaction() as db:
            await resume_payout(db, row["booking_id"])
        SWEPT.labels("payout").inc()
    return len(stuck) == AT_ONCE or len(unpaid) == AT_ONCE
