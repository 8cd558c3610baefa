"""Reads: one statement each."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from services.payments.schemas import (
    EarningsMonth,
    HistoryItem,
    PaymentMethod,
    PayoutItem,
    Person,
    SpendingMonth,
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
    """The newest SetupIntent of the seeker that was not seen to end, if it was last looked at before that moment."""
    found: str | None = await reader.value(
        "select setup_intent_id from payments.setup_intents where user_id = $1 and state = 'open' and created_at < $2"
        " order by created_at desc limit 1",
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
    return Account(row["account_id"], row["status"], msgspec.json.decode(row["requirements"], type=list[str]))


_HISTORY = """
    select p.id, p.booking_id, p.consultant_id, coalesce(u.first_name, '') as first_name,
           coalesce(u.last_name, '') as last_name, p.scheduled_start,
           case when p.captured_amount > 0 then p.captured_amount else p.amount end as amount,
           p.refunded_amount, p.currency, p.status, p.created_at
    from payments.payments as p left join payments.people as u on u.user_id = p.consultant_id
    where p.seeker_id = $1 and p.status not in ('none', 'authorizing') and ($2::uuid is null or p.id < $2)
    order by p.id desc limit $3
"""


async def history_of(reader: Reader, user_id: UUID, limit: int, cursor: str | None) -> Page[HistoryItem]:
    """The seeker's payments that have come to something, newest first."""
    rows = await reader.rows(_HISTORY, user_id, _after(cursor, "history"), limit + 1)
    items = [
        HistoryItem(
            id=row["id"],
            booking_id=row["booking_id"],
            consultant=Person(row["consultant_id"], row["first_name"], row["last_name"]),
            session_date=row["scheduled_start"],
            amount=row["amount"],
            amount_refunded=row["refunded_amount"],
            currency=row["currency"],
            status=row["status"],
            created_at=row["created_at"],
        )
        for row in rows
    ]
    return page(items, limit, lambda item: (str(item.id),), "history")


def _after(cursor: str | None, scope: str) -> UUID | None:
    return decode_cursor(cursor, (UUID,), scope)[0] if cursor is not None else None


_PAYOUTS = """
    select p.id, p.booking_id, p.seeker_id, coalesce(u.first_name, '') as first_name,
           coalesce(u.last_name, '') as last_name, p.scheduled_start,
           o.gross_amount, o.commission_amount, o.amount, o.currency, o.status, o.transfer_id, o.available_on, o.created_at
    from payments.payments as p
    join payments.payouts as o on o.booking_id = p.booking_id
    left join payments.people as u on u.user_id = p.seeker_id
    where p.consultant_id = $1 and ($2::uuid is null or p.id < $2)
    order by p.id desc limit $3
"""


async def payouts_of(reader: Reader, user_id: UUID, limit: int, cursor: str | None) -> Page[PayoutItem]:
    """The consultant's payouts, newest first."""
    rows = await reader.rows(_PAYOUTS, user_id, _after(cursor, "payouts"), limit + 1)
    items = [
        PayoutItem(
            id=row["id"],
            booking_id=row["booking_id"],
            seeker=Person(row["seeker_id"], row["first_name"], row["last_name"]),
            session_date=row["scheduled_start"],
            gross_amount=row["gross_amount"],
            commission_amount=row["commission_amount"],
            amount=row["amount"],
            currency=row["currency"],
            status=row["status"],
            transfer_id=row["transfer_id"],
            available_on=row["available_on"],
            created_at=row["created_at"],
        )
        for row in rows
    ]
    return page(items, limit, lambda item: (str(item.id),), "payouts")


_MONTH = "to_char(p.captured_at at time zone 'UTC', 'YYYY-MM')"
_WITHIN = """
    p.captured_at is not null
    and ($2::timestamptz is null or p.captured_at >= $2) and ($3::timestamptz is null or p.captured_at < $3)
"""

_SPENDING = f"""
    select {_MONTH} as month, p.currency, count(*) as count,
           sum(p.captured_amount)::bigint as spent, sum(p.refunded_amount)::bigint as refunded
    from payments.payments as p where p.seeker_id = $1 and {_WITHIN}
    group by 1, 2 order by 1, 2
"""  # noqa: S608  # nosec B608 # names of ours; values are bound

_EARNINGS = f"""
    select {_MONTH} as month, p.currency, count(*) as count,
           sum(o.gross_amount)::bigint as gross, sum(o.commission_amount)::bigint as commission,
           sum(greatest(o.amount - o.reversed_amount - o.recalled_amount, 0))::bigint as net
    from payments.payments as p join payments.payouts as o on o.booking_id = p.booking_id
    where p.consultant_id = $1 and {_WITHIN}
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
