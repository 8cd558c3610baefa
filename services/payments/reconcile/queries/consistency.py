"""Contradictions within our own tables: each query finds nothing when all is well."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services.payments.queries.open_steps import HAS_OPEN_STEP
from shared.db import Reader


class Finding(msgspec.Struct, frozen=True):
    """What is wrong with `subject`: the id of a booking, a posting or an event."""

    subject: str
    what: str


class Debt(msgspec.Struct, frozen=True):
    """What a seeker owes for a booking, in minor units, and why their card was not charged."""

    booking_id: str
    amount: int
    currency: str
    failure: str | None


_UNBALANCED = """
    select posting_id::text as subject, 'posting sums to ' || sum(amount) || ', not to zero' as what
    from payments.ledger_entries where at > $1 and at <= $2
    group by posting_id having sum(amount) <> 0
"""

_FIGURES = """
    select p.booking_id::text as subject,
           'payment says ' || v.name || ' ' || v.row || ', the ledger ' || v.ledger as what
    from payments.payments as p
    left join payments.payouts as o on o.booking_id = p.booking_id
    cross join lateral (
        select coalesce(sum(e.amount) filter (
                   where e.kind = 'capture' and e.account = 'platform'), 0) as captured,
               coalesce(sum(e.amount) filter (
                   where e.kind in ('refund', 'refund_failed') and e.account = 'seeker'), 0)
                   as refunded,
               coalesce(sum(e.amount) filter (
                   where e.kind = 'commission' and e.account = 'commission'), 0) as commission,
               coalesce(sum(e.amount) filter (where e.account = 'consultant'), 0) as sent,
               coalesce(sum(e.amount) filter (
                   where e.kind = 'stripe_fee' and e.account = 'stripe_fees'
                     and e.stripe_object = p.payment_intent_id), 0) as fee
        from payments.ledger_entries as e where e.booking_id = p.booking_id) as l
    cross join lateral (values
        ('captured', p.captured_amount, l.captured),
        ('refunded', p.refunded_amount, l.refunded),
        ('commission', coalesce(o.commission_amount, 0), l.commission),
        ('Stripe''s fee', greatest(coalesce(p.stripe_fee, 0), 0), l.fee),
        ('sent', coalesce(o.sent_amount, 0), l.sent)
    ) as v (name, row, ledger)
    where p.booking_id = any($1::uuid[]) and v.row <> v.ledger
"""

# A capture that has not settled yet has no payout; the step that waits for it is checked elsewhere.
_PAYOUTS = """
    select p.booking_id::text as subject, 'was captured, and there is no payout' as what
    from payments.payments as p
    where p.booking_id = any($1::uuid[]) and p.captured_amount > 0 and p.settled_amount is not null
      and not exists (select 1 from payments.payouts as o where o.booking_id = p.booking_id)
    union all
    select o.booking_id::text, 'payout says ' || o.gross_amount || ' less ' || o.commission_amount
           || ' ' || o.currency || ', payment ' || s.gross || ' less ' || s.gross - s.share
           || ' ' || s.currency
    from payments.payouts as o join payments.payments as p on p.booking_id = o.booking_id
    cross join lateral (
        select coalesce(p.settled_amount, p.captured_amount) as gross,
               coalesce(p.settled_currency, p.currency) as currency,
               case when p.captured_amount = 0 or 
                     coalesce(p.settled_currency, p.currency) = p.currency
                    then p.captured_amount - p.commission_amount
                    else (2 * (p.captured_amount - p.commission_amount) * p.settled_amount
                          + p.captured_amount) / (2 * p.captured_amount) end as share) as s
    where p.booking_id = any($1::uuid[])
      and (o.gross_amount <> s.gross or o.amount <> s.share or o.currency <> s.currency)
"""

_STUCK = f"""
    select p.booking_id::text as subject,
           'payment still ' || p.status || coalesce(', due: ' || p.due, '')
           || ', and no step is planned' as what
    from payments.payments as p
    where p.status in ('authorizing', 'authorized', 'failed')
      and (p.due is not null or p.status = 'authorizing')
      and not (p.status = 'failed' and p.due = 'capture')
      and p.updated_at < $1::timestamptz - interval '5 minutes' and not {HAS_OPEN_STEP}
"""  # noqa: S608  # nosec B608 # names of ours; values are bound

_UNDECIDED = """
    select p.booking_id::text as subject,
           'booking has not decided about a session that ended '
           || to_char(p.scheduled_end at time zone 'UTC', 'YYYY-MM-DD HH24:MI')
           || coalesce(' UTC; the hold lapses '
               || to_char(p.capture_before at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), '')
           || ' UTC' as what
    from payments.payments as p
    where p.status in ('authorizing', 'authorized', 'failed') and p.due is null
      and p.scheduled_end < $1 and p.updated_at < $2::timestamptz - interval '5 minutes'
"""

_BLOCKED = """
    select p.booking_id::text as subject,
           'payout waits for '
           || coalesce('account ' || a.account_id || ', which is ' || a.status, 'an account')
           as what
    from payments.payouts as p
    left join payments.payout_accounts as a on a.user_id = p.consultant_id
    where p.status = 'pending' and (a.status = 'rejected'
        or (coalesce(a.status, 'pending') <> 'active'
            and p.available_on < $1::timestamptz - interval '1 day'))
"""

_OWED = f"""
    select p.booking_id::text as booking_id, p.due_amount as amount, p.currency, p.failure
    from payments.payments as p
    where p.status = 'failed' and p.due = 'capture' and not {HAS_OPEN_STEP}
"""  # noqa: S608  # nosec B608 # names of ours; values are bound

_FAILING_STEPS = """
    select subject_id::text as subject,
           kind || ' was tried ' || tries || ' times: ' || coalesce(last_error, '') as what
    from payments.operations where state in ('due', 'running') and tries >= 10
"""

_FAILED_EVENTS = """
    select event_id as subject,
           type || ' could not be handled: ' || coalesce(last_error, '') as what
    from payments.stripe_events where state = 'failed'
"""


async def unbalanced_postings(reader: Reader, since: datetime, until: datetime) -> list[Finding]:
    """Postings after `since`, up to `until`, whose entries do not sum to zero."""
    return _findings(await reader.rows(_UNBALANCED, since, until))


async def contradictions(reader: Reader, bookings: list[UUID]) -> list[Finding]:
    """Where payment, payout and ledger of these bookings contradict each other."""
    figures = await reader.rows(_FIGURES, bookings)
    return _findings([*figures, *await reader.rows(_PAYOUTS, bookings)])


async def stuck_payments(reader: Reader, at: datetime) -> list[Finding]:
    """Payments that wait for a step, at the current time `at`, although none is open."""
    return _findings(await reader.rows(_STUCK, at))


async def undecided_payments(reader: Reader, ended_before: datetime, at: datetime) -> list[Finding]:
    """Payments of sessions that ended before `ended_before` about which booking, at the current
    time `at`, has not decided.
    """
    return _findings(await reader.rows(_UNDECIDED, ended_before, at))


async def failing_steps(reader: Reader) -> list[Finding]:
    """Steps that were tried ten times or more."""
    return _findings(await reader.rows(_FAILING_STEPS))


async def failed_events(reader: Reader) -> list[Finding]:
    """Stripe's events that were given up."""
    return _findings(await reader.rows(_FAILED_EVENTS))


async def debts(reader: Reader) -> list[Debt]:
    """What seekers owe and no open step is going to charge."""
    return [Debt(**row) for row in await reader.rows(_OWED)]


async def blocked_payouts(reader: Reader, at: datetime) -> list[Finding]:
    """Payouts that wait for an account that was rejected, or for more than a day for one that is
    not active.
    """
    return _findings(await reader.rows(_BLOCKED, at))


def _findings(rows: list[Any]) -> list[Finding]:
    return [Finding(**row) for row in rows]
