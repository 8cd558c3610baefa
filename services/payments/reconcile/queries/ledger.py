"""The ledger as reconciliation compares it with our balance at Stripe: its accounts `platform` and
`commission`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from shared.db import Reader


class SourceSum(msgspec.Struct, frozen=True):
    """What the ledger says of one object at Stripe, in one currency: `net` in minor units, of
    entries from `since` on.
    """

    booking_id: UUID
    source: str
    currency: str
    net: int
    since: datetime


# A capture is posted under its intent, and is a charge on the balance.
_OF_BOOKINGS = """
    select e.booking_id, coalesce(p.charge_id, e.stripe_object) as source, e.currency,
           sum(e.amount)::bigint as net, min(e.at) as since
    from payments.ledger_entries as e
    left join payments.payments as p
        on p.booking_id = e.booking_id and p.payment_intent_id = e.stripe_object
    where e.booking_id = any($1::uuid[]) and e.account in ('platform', 'commission')
    group by 1, 2, 3
"""
_OF_SOURCES = """
    select e.booking_id from payments.ledger_entries as e where e.stripe_object = any($1::text[])
    union select p.booking_id from payments.payments as p where p.charge_id = any($1::text[])
"""
_TRANSFERRED = """
    select booking_id from payments.ledger_entries where stripe_object = $1 and kind = 'transfer'
    limit 1
"""
_NEWEST = "select max(id) from payments.ledger_entries"
_FIRST = "select at from payments.ledger_entries order by id limit 1"
_BETWEEN = """
    select currency, sum(amount)::bigint as amount from payments.ledger_entries
    where at > $1 and at <= $2 and account in ('platform', 'commission') group by currency
"""
_SINCE = """
    select currency, sum(amount)::bigint as amount from payments.ledger_entries
    where at > $1 and account in ('platform', 'commission') group by currency
"""
_BUSY = """
    select 1 from payments.operations
    where subject_id = $1 and state in ('due', 'running') and in_doubt
"""
_MOVING = """
    select exists (select 1 from payments.operations
                   where state in ('due', 'running') and in_doubt)
"""


async def sums_of_bookings(reader: Reader, bookings: list[UUID]) -> list[SourceSum]:
    """The sums of these bookings' objects at Stripe."""
    return [SourceSum(**row) for row in await reader.rows(_OF_BOOKINGS, bookings)]


async def bookings_of_sources(reader: Reader, sources: list[str]) -> list[UUID]:
    """The bookings to which these objects at Stripe belong."""
    rows = await reader.rows(_OF_SOURCES, sources)
    return [row["booking_id"] for row in rows if row["booking_id"] is not None]


async def booking_of_transfer(reader: Reader, transfer_id: str) -> UUID | None:
    """The booking of a transfer; None if it is not ours."""
    found: UUID | None = await reader.value(_TRANSFERRED, transfer_id)
    return found


async def newest_entry(reader: Reader) -> int | None:
    """The id of the newest entry; None if there is none."""
    found: int | None = await reader.value(_NEWEST)
    return found


async def first_entry_at(reader: Reader) -> datetime | None:
    """The time of the first entry; None if there is none."""
    found: datetime | None = await reader.value(_FIRST)
    return found


async def sums_between(reader: Reader, since: datetime, until: datetime) -> dict[str, int]:
    """The sums of all entries after `since`, up to `until`, by currency."""
    return _by_currency(await reader.rows(_BETWEEN, since, until))


async def sums_since(reader: Reader, since: datetime) -> dict[str, int]:
    """The sums of all entries after `since`, by currency."""
    return _by_currency(await reader.rows(_SINCE, since))


def _by_currency(rows: list[Any]) -> dict[str, int]:
    return {row["currency"]: row["amount"] for row in rows}


async def is_busy(reader: Reader, booking_id: UUID) -> bool:
    """Whether a step of the booking may change the ledger at this moment."""
    return bool(await reader.rows(_BUSY, booking_id))


async def is_money_moving(reader: Reader) -> bool:
    """Whether any step may change the ledger at this moment."""
    found: bool = await reader.value(_MOVING)
    return found
