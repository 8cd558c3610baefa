"""Differences between our rows and Stripe: each payment against its intents, each payout against
its transfers, the ledger against the lines of our balance.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from services.payments.reconcile import balance, ours
from services.payments.reconcile.ours import LOOK, Difference, repair_of
from services.payments.stripe_api import Stripe, intents, settlements, transfers
from services.payments.stripe_api.intents import Intent
from services.payments.stripe_api.transfers import Transfer
from shared.db import Database, Reader

# What an intent may be, by the status of the payment whose intent it is.
AGREES = {
    "authorized": ("requires_capture",),
    "failed": ("requires_payment_method", "requires_action", "requires_confirmation", "canceled"),
    "captured": ("succeeded",),
    "refunded": ("succeeded",),
    "disputed": ("succeeded",),
    "released": ("canceled",),
}

# Read in the order of the key, a batch at a time: the table may hold millions.
_PAYMENTS = """
    select p.booking_id, p.status, p.payment_intent_id, p.captured_amount, p.captured_at,
           coalesce(o.sent_amount, 0) as sent_amount,
           exists (select 1 from payments.operations as s
                   where s.subject_id = p.booking_id and s.state in ('due', 'running')
                     and s.in_doubt) as busy
    from payments.payments as p
    left join payments.payouts as o on o.booking_id = p.booking_id
    where p.updated_at > $1 and p.booking_id > $2
    order by p.booking_id limit $3
"""
_KNOWN = (
    "select booking_id::text as id from payments.payments where booking_id::text = any($1::text[])"
)
BATCH = 1_000
# How many spans of time Stripe is asked for at once; it allows a hundred reads a second.
SPANS_AT_ONCE = 8
FIRST = UUID(int=0)
BEGINNING = datetime(2011, 1, 1, tzinfo=UTC)  # of Stripe


class Listed(NamedTuple):
    """What Stripe has: intents and transfers by booking, and the lines of our balance."""

    intents: dict[str, list[Intent]]
    transfers: dict[str, list[Transfer]]
    lines: balance.Lines


async def differences(
    database: Database, stripe: Stripe, days: int, at: datetime
) -> list[Difference]:
    """What differs among the payments that changed, and what was made at Stripe, in the `days`
    before `at`.
    """
    reader, since = database.reader, at - timedelta(days=days)
    whole = not await balance.ever_noted(reader)
    listed = await _listed(stripe, since, days, whole=whole)
    found: list[Difference] = []
    async for rows in _payments(reader, since):
        bookings = [row["booking_id"] for row in rows]
        found += await ours.of_bookings(reader, bookings)
        for row in rows:
            # What is matched is taken out; what is left belongs to older payments, or to none.
            made = listed.intents.pop(str(row["booking_id"]), [])
            sent = listed.transfers.pop(str(row["booking_id"]), [])
            if not row["busy"]:
                found += await _of_intents(stripe, row, made)
                found += _of_transfers(row, sent, since)
        found += await balance.of_bookings(reader, stripe, listed.lines, bookings, since)
    found = [*await _strangers(reader, listed), *found]
    found += await balance.of_the_rest(database, stripe, listed.lines, since)
    return found or await balance.in_all(reader, stripe)


async def _payments(reader: Reader, since: datetime) -> AsyncIterator[Sequence[Any]]:
    after = FIRST
    while True:
        rows = await reader.rows(_PAYMENTS, since, after, BATCH)
        yield rows
        if len(rows) < BATCH:
            return
        after = rows[-1]["booking_id"]


async def _listed(stripe: Stripe, since: datetime, days: int, *, whole: bool) -> Listed:
    """All that was made since then, asked for a day at a time, several days at once. The last span
    has no end: Stripe's clock may be ahead of ours. `whole`: all of the balance ever.
    """
    found, free = Listed({}, {}, balance.Lines()), asyncio.Semaphore(SPANS_AT_ONCE)

    async def read(day: int) -> None:
        start = since + timedelta(days=day)
        end = start + timedelta(days=1) if day < days else None
        async with free:
            async for intent in intents.intents_between(stripe, start, end):
                if booking_id := intent.metadata.get("booking_id"):
                    found.intents.setdefault(booking_id, []).append(intent)
            async for transfer in transfers.transfers_between(stripe, start, end):
                if booking_id := transfer.metadata.get("booking_id"):
                    found.transfers.setdefault(booking_id, []).append(transfer)
            await read_lines(start, end)

    async def read_lines(start: datetime, end: datetime | None) -> None:
        async for line in settlements.transactions_between(stripe, start, end):
            found.lines.add(line)

    earlier = [read_lines(BEGINNING, since)] if whole else []
    await asyncio.gather(*(read(day) for day in range(days + 1)), *earlier)
    return found


async def _strangers(reader: Reader, listed: Listed) -> list[Difference]:
    """Money at Stripe for bookings that have no payment here."""
    left = [*{*listed.intents, *listed.transfers}]
    known: set[str] = set()
    for start in range(0, len(left), BATCH):
        rows = await reader.rows(_KNOWN, left[start : start + BATCH])
        known.update(row["id"] for row in rows)
    return [
        Difference(one.id, f"is at Stripe for booking {booking_id}, which has no payment", LOOK)
        for booking_id in left
        if booking_id not in known
        for one in (*listed.intents.get(booking_id, ()), *listed.transfers.get(booking_id, ()))
        if not isinstance(one, Intent) or one.status in ("requires_capture", "succeeded")
    ]


async def _of_intents(stripe: Stripe, row: Any, made: list[Intent]) -> list[Difference]:
    booking_id, status = row["booking_id"], row["status"]
    current = next((one for one in made if one.id == row["payment_intent_id"]), None)
    if current is None and row["payment_intent_id"] is not None:
        current = await intents.intent(stripe, row["payment_intent_id"])
    found = [
        Difference(
            str(booking_id),
            f"{one.id} is {one.status} at Stripe beside the payment's own",
            repair_of(booking_id),
        )
        for one in made
        if one.id != row["payment_intent_id"] and one.status in ("requires_capture", "succeeded")
    ]
    if current is None:
        return found
    if status in AGREES and current.status not in AGREES[status]:
        what = f"payment is {status}, its intent {current.id} {current.status} at Stripe"
        found.append(Difference(str(booking_id), what, repair_of(booking_id)))
    if current.status == "succeeded" and current.captured != row["captured_amount"]:
        what = f"payment captured {row['captured_amount']}, Stripe {current.captured}"
        found.append(Difference(str(booking_id), what, repair_of(booking_id)))
    return found


def _of_transfers(row: Any, sent: list[Transfer], since: Any) -> list[Difference]:
    if not sent and row["captured_at"] is not None and row["captured_at"] < since:
        return []  # its transfer is older than what was listed
    net = sum(one.amount - one.amount_reversed for one in sent)
    if net == row["sent_amount"]:
        return []
    what = f"payout sent {row['sent_amount']}, Stripe {net}"
    return [Difference(str(row["booking_id"]), what, repair_of(row["booking_id"]))]
