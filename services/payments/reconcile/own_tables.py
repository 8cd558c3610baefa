"""Differences within our own tables: each is a query that finds nothing when all is well."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from services.payments.store.operations import HAS_OPEN_STEP
from shared.currencies import CURRENCIES
from shared.db import Reader


class Difference(NamedTuple):
    """A difference: its subject (a booking, an event), a description, and the command that repairs
    it.
    """

    subject: str
    what: str
    repair: str


def repair_of(booking_id: object) -> str:
    """The command that brings one booking back in line with Stripe."""
    return f"make reconcile ARGS='repair {booking_id}'"


LOOK = "look at it in Stripe's Dashboard; there is no safe automatic repair"

_LEDGER = """
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

# Each part along an index of its own (migration 0012): most live payments are neither.
_STUCK = f"""
    select p.booking_id::text as subject,
           'payment still ' || p.status || coalesce(', due: ' || p.due, '')
           || ', and no step is planned' as what
    from (
        select p.booking_id, p.due, p.status, p.updated_at from payments.payments as p
        where p.status in ('authorizing', 'authorized', 'failed')
          and (p.due is not null or p.status = 'authorizing')
          and not (p.status = 'failed' and p.due = 'capture')
        union
        select p.booking_id, p.due, p.status, p.updated_at from payments.payments as p
        where p.status in ('authorizing', 'authorized', 'failed') and p.due is null
          and p.scheduled_end < $1::timestamptz - interval '2 days'
    ) as p
    where p.updated_at < $1::timestamptz - interval '5 minutes' and not {HAS_OPEN_STEP}
"""  # noqa: S608  # nosec B608 # names of ours; values are bound

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
BLOCKED = "ask the consultant to complete or replace the payout account"

_OWED = f"""
    select p.booking_id::text as subject, p.due_amount as amount, p.currency, p.failure
    from payments.payments as p
    where p.status = 'failed' and p.due = 'capture' and not {HAS_OPEN_STEP}
"""  # noqa: S608  # nosec B608 # names of ours; values are bound
OWED = "the seeker can save another card or confirm with their bank; it is charged then"
WRITE_OFF = "a card cannot be charged so little; write it off: "

_TRIED = """
    select subject_id::text as subject,
           kind || ' was tried ' || tries || ' times: ' || coalesce(last_error, '') as what
    from payments.operations where state in ('due', 'running') and tries >= 10
"""

_EVENTS = """
    select event_id as subject,
           type || ' could not be handled: ' || coalesce(last_error, '') as what
    from payments.stripe_events where state = 'failed'
"""


async def debts(reader: Reader, at: datetime) -> list[Difference]:
    """What seekers owe because their cards were declined, and what consultants cannot be paid.
    These are not differences, but operators should know about them.
    """
    found = []
    for row in await reader.rows(_OWED):
        currency = CURRENCIES[row["currency"]]
        what = f"the seeker owes {currency.text(row['amount'])}: {row['failure']}"
        too_little = row["amount"] < currency.minimum
        repair = WRITE_OFF + repair_of(row["subject"]) if too_little else OWED
        found.append(Difference(row["subject"], what, repair))
    for row in await reader.rows(_BLOCKED, at):
        found.append(Difference(row["subject"], row["what"], BLOCKED))
    return found


async def of_bookings(reader: Reader, bookings: list[UUID]) -> list[Difference]:
    """Differences between payment, payout and ledger of these bookings."""
    found = [row for query in (_FIGURES, _PAYOUTS) for row in await reader.rows(query, bookings)]
    return [Difference(row["subject"], row["what"], repair_of(row["subject"])) for row in found]


async def differences(reader: Reader, since: datetime, at: datetime) -> list[Difference]:
    """Errors that do not depend on Stripe, at the current time `at`: postings from `since` on that
    do not balance, stuck payments, failed steps.
    """
    found: list[Difference] = []
    while since < at:  # a day in a statement; the entries of a posting have one instant
        until = min(since + timedelta(days=1), at)
        rows = await reader.rows(_LEDGER, since, until)
        found += [Difference(row["subject"], row["what"], LOOK) for row in rows]
        since = until
    for query, arguments in ((_STUCK, (at,)), (_TRIED, ())):
        rows = await reader.rows(query, *arguments)
        found += [
            Difference(row["subject"], row["what"], repair_of(row["subject"])) for row in rows
        ]
    for row in await reader.rows(_EVENTS):
        repair = f"make stripe-events ARGS='replay {row['subject']}'"
        found.append(Difference(row["subject"], row["what"], repair))
    return found
