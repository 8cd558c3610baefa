"""Reads: one statement each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from services.payments.domain.views import (
    EarningsMonth,
    HistoryItem,
    PaymentMethod,
    PayoutItem,
    Person,
    Receipt,
    SpendingMonth,
    StatementLine,
)
from services.payments.stripe_api.accounts import Account
from shared.db import Reader
from shared.paging import Page, decode_cursor, page

_CARD = """
    select payment_method_id as id, brand, last4, exp_month, exp_year
    from payments.cards where user_id = $1 and removed_at is null
"""


async def card_of(reader: Reader, user_id: UUID) -> PaymentMethod | None:
    """The seeker's card on file."""
    row = await reader.row(_CARD, user_id)
    return PaymentMethod(**row) if row is not None else None


async def open_setup_of(reader: Reader, user_id: UUID, before: datetime) -> str | None:
    """The seeker's newest SetupIntent whose outcome is not known, if it was created before
    `before`.
    """
    found: str | None = await reader.value(
        "select setup_intent_id from payments.setup_intents"
        " where user_id = $1 and state = 'open' and created_at < $2 order by created_at desc "
        "limit 1",
        user_id,
        before,
    )
    return found


async def account_of(reader: Reader, user_id: UUID) -> Account | None:
    """The consultant's payout account as it was last seen."""
    row = await reader.row(
        "select account_id, status, requirements from payments.payout_accounts"
        " where user_id = $1 and account_id is not null",
        user_id,
    )
    if row is None:
        return None
    return Account(
        row["account_id"], row["status"], msgspec.json.decode(row["requirements"], type=list[str])
    )


# What remains of a capture is split between the parties, in the currency in which it has settled
# (`policy.convert`, as SQL); what was recalled by hand is missing besides.
_SPLIT = """
    left join payments.payouts as o on o.booking_id = p.booking_id
    cross join lateral (
        select coalesce(sum(d.amount), 0)::bigint as disputed from payments.disputes as d
        where d.booking_id = p.booking_id and d.outcome <> 'won') as d
    cross join lateral (
        select greatest(p.captured_amount - p.refunded_amount - d.disputed, 0) as kept) as k
    cross join lateral (
        select case when p.settled_currency is null or p.settled_currency = p.currency then k.kept
                    else (2 * k.kept * p.settled_amount + p.captured_amount)
                         / (2 * p.captured_amount) end as remaining,
               coalesce(p.settled_amount, p.captured_amount) as captured,
               coalesce(p.settled_currency, p.currency) as currency,
               o.amount - o.reversed_amount as earned,
               greatest(o.amount - o.reversed_amount - o.recalled_amount, 0) as net) as s
"""
# A person's payments, newest first, with the other party: what a seeker paid, what a consultant
# earned.
_LISTED = """
    select p.id, p.booking_id, p.scheduled_start as session_date,
           p.{other}_id as other_id, coalesce(u.first_name, '') as first_name,
           coalesce(u.last_name, '') as last_name, {fields}
    from payments.payments as p {joined}
    left join payments.users as u on u.user_id = p.{other}_id
    where p.{mine}_id = $1 and {only} and ($2::uuid is null or p.id < $2)
    order by p.id desc limit $3
"""
_HISTORY = _LISTED.format(
    mine="seeker",
    other="consultant",
    joined="",
    only="p.status not in ('none', 'authorizing')",
    fields="""p.refunded_amount as amount_refunded,
           p.captured_amount - p.refunded_amount as charged, p.currency, p.status, p.created_at,
           case when p.captured_amount > 0 then p.captured_amount
                when p.status = 'failed' and p.due = 'capture' then p.due_amount
                else p.amount end as amount""",
)
_PAYOUTS = _LISTED.format(
    mine="consultant",
    other="seeker",
    joined=_SPLIT,
    only="o.booking_id is not null",
    fields="""s.remaining as gross_amount, s.remaining - s.earned as commission_amount,
           s.net as amount, o.currency, o.status, o.transfer_id, o.available_on,
           o.created_at""",
)
Item = TypeVar("Item", HistoryItem, PayoutItem)


async def history_of(
    reader: Reader, user_id: UUID, limit: int, cursor: str | None
) -> Page[HistoryItem]:
    """The seeker's payments that have come to something, newest first."""
    after = _after(cursor, "history")
    rows = await reader.rows(_HISTORY, user_id, after, limit + 1)
    return _page(HistoryItem, rows, "consultant", limit, "history")


async def payouts_of(
    reader: Reader, user_id: UUID, limit: int, cursor: str | None
) -> Page[PayoutItem]:
    """The consultant's payouts, newest first."""
    after = _after(cursor, "payouts")
    rows = await reader.rows(_PAYOUTS, user_id, after, limit + 1)
    return _page(PayoutItem, rows, "seeker", limit, "payouts")


def _after(cursor: str | None, scope: str) -> UUID | None:
    return decode_cursor(cursor, (UUID,), scope)[0] if cursor is not None else None


def _page(kind: type[Item], rows: Sequence[Any], other: str, limit: int, scope: str) -> Page[Item]:
    items = []
    for row in rows:
        values: dict[str, Any] = {
            name: row[name] for name in kind.__struct_fields__ if name != other
        }
        values[other] = Person(row["other_id"], row["first_name"], row["last_name"])
        items.append(kind(**values))
    return page(items, limit, lambda item: (str(item.id),), scope)


_RECEIPT = """
    select p.receipt_number as number, p.booking_id, p.scheduled_start as session_start,
           p.scheduled_end as session_end, p.due_reason as reason, p.currency,
           p.captured_amount as amount, p.refunded_amount as amount_refunded, p.captured_at,
           p.seeker_id, coalesce(s.first_name, '') as seeker_first,
           coalesce(s.last_name, '') as seeker_last,
           p.consultant_id, coalesce(c.first_name, '') as consultant_first,
           coalesce(c.last_name, '') as consultant_last
    from payments.payments as p
    left join payments.users as s on s.user_id = p.seeker_id
    left join payments.users as c on c.user_id = p.consultant_id
    where p.booking_id = $1 and $2 in (p.seeker_id, p.consultant_id)
      and p.receipt_number is not null
"""


async def receipt_of(reader: Reader, booking_id: UUID, user_id: UUID) -> Receipt | None:
    """The receipt of a booking that `user_id` is a party of; None where nothing was captured."""
    row = await reader.row(_RECEIPT, booking_id, user_id)
    if row is None:
        return None
    values: dict[str, Any] = {
        role: Person(row[f"{role}_id"], row[f"{role}_first"], row[f"{role}_last"])
        for role in ("seeker", "consultant")
    }
    values |= {name: row[name] for name in Receipt.__struct_fields__ if name not in values}
    return Receipt(**values)


_STATEMENT = """
    select p.captured_at, p.receipt_number, p.booking_id, p.scheduled_start as session_start,
           {fields},
           p.{other}_id as other_id, coalesce(u.first_name, '') as first_name,
           coalesce(u.last_name, '') as last_name
    from payments.payments as p
    {split}
    left join payments.users as u on u.user_id = p.{other}_id
    where p.{mine}_id = $1 and p.captured_at >= $2 and p.captured_at < $3
    order by p.captured_at, p.id
"""
_STATEMENTS = {
    "seeker": _STATEMENT.format(
        mine="seeker",
        other="consultant",
        split="",
        fields="p.currency, p.captured_amount as gross, p.refunded_amount as refunded,"
        " 0 as commission, p.captured_amount - p.refunded_amount as net",
    ),
    "consultant": _STATEMENT.format(
        mine="consultant",
        other="seeker",
        split=_SPLIT,
        fields="s.currency, s.captured as gross, s.captured - s.remaining as refunded,"
        " s.remaining - coalesce(s.earned, 0) as commission, coalesce(s.net, 0) as net",
    ),
}


async def statement_of(
    reader: Reader, user_id: UUID, role: str, since: datetime, until: datetime
) -> list[StatementLine]:
    """What the user paid, or earned, in captures from `since` until before `until`, oldest
    first.
    """
    rows = await reader.rows(_STATEMENTS[role], user_id, since, until)
    lines = []
    for row in rows:
        other = Person(row["other_id"], row["first_name"], row["last_name"])
        names = (name for name in StatementLine.__struct_fields__ if name != "other")
        lines.append(StatementLine(**{name: row[name] for name in names}, other=other))
    return lines


_MONTH = "to_char(p.captured_at at time zone 'UTC', 'YYYY-MM')"
_WITHIN = """
    p.captured_at is not null
    and ($2::timestamptz is null or p.captured_at >= $2)
    and ($3::timestamptz is null or p.captured_at < $3)
"""

_SPENDING = f"""
    select {_MONTH} as month, p.currency, count(*) as count,
           sum(p.captured_amount)::bigint as spent, sum(p.refunded_amount)::bigint as refunded
    from payments.payments as p where p.seeker_id = $1 and {_WITHIN}
    group by 1, 2 order by 1, 2
"""  # noqa: S608  # nosec B608 # names of ours; values are bound

_EARNINGS = f"""
    select {_MONTH} as month, s.currency, count(*) as count,
           sum(s.remaining)::bigint as gross, sum(s.remaining - s.earned)::bigint as commission,
           sum(s.net)::bigint as net
    from payments.payments as p {_SPLIT}
    where p.consultant_id = $1 and o.booking_id is not null and {_WITHIN}
    group by 1, 2 order by 1, 2
"""  # noqa: S608  # nosec B608 # names of ours; values are bound


async def spending_of(
    reader: Reader, user_id: UUID, since: datetime | None, until: datetime | None
) -> list[SpendingMonth]:
    """What the seeker paid per month and currency, between two instants."""
    return [SpendingMonth(**row) for row in await reader.rows(_SPENDING, user_id, since, until)]


async def earnings_of(
    reader: Reader, user_id: UUID, since: datetime | None, until: datetime | None
) -> list[EarningsMonth]:
    """What the consultant earned per month and currency, between two instants."""
    return [EarningsMonth(**row) for row in await reader.rows(_EARNINGS, user_id, since, until)]
