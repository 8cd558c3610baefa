"""Differences between our rows and Stripe: payments and their intents, payouts and their transfers,
the ledger and our balance transactions.

All of Stripe's objects of the period are listed first. That takes a minute if there are many, and
money moves in the meantime, so differences are checked once more individually (`recheck.py`) before
they are reported.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from services.payments.reconcile import balance, own_tables, recheck
from services.payments.reconcile.comparison import agree
from services.payments.reconcile.own_tables import LOOK, Difference
from services.payments.reconcile.queries.payments import ChangedPayment, booked, changed_after
from services.payments.stripe_api import Stripe, intents, settlements, transfers
from services.payments.stripe_api.intents import HELD_OR_CAPTURED, Intent
from services.payments.stripe_api.transfers import Transfer
from shared.db import Database, Reader
from shared.ids import id_from

# Payments are read a batch at a time: the table may hold millions.
BATCH = 1_000
# How many periods are requested concurrently; Stripe allows a hundred reads a second.
SPANS_AT_ONCE = 8
FIRST = UUID(int=0)
BEGINNING = datetime(2011, 1, 1, tzinfo=UTC)  # of Stripe


class Listed(NamedTuple):
    """Stripe's objects: intents and transfers by booking, and our balance transactions."""

    intents: dict[str, list[Intent]]
    transfers: dict[str, list[Transfer]]
    lines: balance.Lines


async def differences(
    database: Database, stripe: Stripe, days: int, at: datetime
) -> list[Difference]:
    """Differences of payments that changed, and of objects created at Stripe, in the `days` before
    `at`.
    """
    reader, since = database.reader, at - timedelta(days=days)
    whole = not await balance.ever_noted(reader)
    listed = await _listed(stripe, since, days, whole=whole)
    found: list[Difference] = []
    async for payments in changed_payments(reader, since):
        bookings = [payment.booking_id for payment in payments]
        found += await own_tables.of_bookings(reader, bookings)
        for payment in payments:
            # Matched objects are removed; the rest belongs to older payments, or to none.
            made = listed.intents.pop(str(payment.booking_id), [])
            sent = listed.transfers.pop(str(payment.booking_id), [])
            if not agree(payment, made, sent):
                found += await recheck.differences(reader, stripe, payment.booking_id, made)
        found += await balance.of_bookings(reader, stripe, listed.lines, bookings, since)
    found = [*await _strangers(reader, listed), *found]
    found += await balance.of_the_rest(database, stripe, listed.lines, since)
    return found or await balance.in_all(database, stripe, at)


async def changed_payments(reader: Reader, since: datetime) -> AsyncIterator[list[ChangedPayment]]:
    """The payments that have changed since then, in batches, ordered by the time of the change: one
    that changes meanwhile is read again at the end.
    """
    after = since, FIRST
    while True:
        batch = await changed_after(reader, *after, BATCH)
        yield batch
        if len(batch) < BATCH:
            return
        after = batch[-1].updated_at, batch[-1].booking_id


async def _listed(stripe: Stripe, since: datetime, days: int, *, whole: bool) -> Listed:
    """Everything created since then, requested by day, several days concurrently. The last period
    has no end, because Stripe's clock may be ahead of ours. `whole`: all balance transactions ever.
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
    """Objects at Stripe for bookings that have no payment here."""
    left = [*{*listed.intents, *listed.transfers}]
    ids = [found for booking_id in left if (found := id_from(booking_id)) is not None]
    known: set[str] = set()
    for start in range(0, len(ids), BATCH):
        known.update(map(str, await booked(reader, ids[start : start + BATCH])))
    return [
        Difference(one.id, f"is at Stripe for booking {booking_id}, which has no payment", LOOK)
        for booking_id in left
        if booking_id not in known
        for one in (*listed.intents.get(booking_id, ()), *listed.transfers.get(booking_id, ()))
        if not isinstance(one, Intent) or one.status in HELD_OR_CAPTURED
    ]
