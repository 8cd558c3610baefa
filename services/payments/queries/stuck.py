"""Payments and payouts that wait for a step although none is open."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from services.payments.domain.policy import GIVE_UP_AFTER, GIVE_UP_BEFORE
from services.payments.queries.open_steps import HAS_OPEN_STEP, OPEN_STEPS
from shared.db import Reader

# A constant of the statements, not an argument: for a limit that it does not know, PostgreSQL plans
# as if a tenth of the rows were wanted.
AT_ONCE = 50

# Each part along an index of its own (migration 0012): most live payments are neither. A lateral
# join, because the planner would otherwise hash the steps of all payments. The second part is
# `policy.given_up_at`; a test compares the two.
_PAYMENTS = f"""
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
       and case when p.capture_before is null then p.scheduled_end < $3
                else p.capture_before < $4 end
     limit {AT_ONCE})
    limit {AT_ONCE}
"""  # noqa: S608  # nosec B608 # names of ours; values are bound

_PAYOUTS = f"""
    select p.booking_id from payments.payouts as p
    where p.status = 'pending' and p.created_at < $1 and not {HAS_OPEN_STEP} limit {AT_ONCE}
"""  # noqa: S608  # nosec B608 # names of ours; values are bound

_CAPTURES = f"""
    select p.booking_id from payments.payments as p
    where p.captured_amount > 0 and p.settled_amount is null and p.updated_at < $1
      and not {HAS_OPEN_STEP}
    limit {AT_ONCE}
"""  # noqa: S608  # nosec B608 # names of ours; values are bound


async def payments_without_step(
    reader: Reader, unchanged_since: datetime, at: datetime
) -> list[UUID]:
    """The bookings of up to AT_ONCE payments that have not changed since `unchanged_since` and wait
    for a step, or are given up `at` that time (`policy.given_up_at`).
    """
    ended_before, lapses_before = at - GIVE_UP_BEFORE, at + GIVE_UP_BEFORE
    rows = await reader.rows(
        _PAYMENTS, unchanged_since, ended_before, at - GIVE_UP_AFTER, lapses_before
    )
    return _bookings(rows)


async def payouts_without_step(reader: Reader, created_before: datetime) -> list[UUID]:
    """The bookings of up to AT_ONCE pending payouts that no step is going to send."""
    return _bookings(await reader.rows(_PAYOUTS, created_before))


async def captures_without_step(reader: Reader, unchanged_since: datetime) -> list[UUID]:
    """The bookings of up to AT_ONCE captures of which no step is going to find out how they have
    settled.
    """
    return _bookings(await reader.rows(_CAPTURES, unchanged_since))


def _bookings(rows: list[Any]) -> list[UUID]:
    return [row["booking_id"] for row in rows]
