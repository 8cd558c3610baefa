"""Differences between the ledger and our balance at Stripe: per balance transaction, and in total.

Each line of the balance is caused by an object: a charge, a refund, a dispute, a transfer, a
reversal. What the ledger says of that object must be the sum of its lines, to the cent and in each
currency, Stripe's fees with it. Transactions that do not belong to our bookings (payouts to our
bank, account fees, other programs) are recorded, so that the balance as a whole can be compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from services.payments.reconcile import checkpoints
from services.payments.reconcile.checkpoints import Sums, add
from services.payments.reconcile.own_tables import LOOK, Difference, repair_of
from services.payments.reconcile.queries import ledger
from services.payments.reconcile.queries.payments import booked
from services.payments.store import other_transactions
from services.payments.store.charges import booking_of_charge
from services.payments.stripe_api import Stripe, settlements
from services.payments.stripe_api.settlements import Transaction
from shared.currencies import CURRENCIES
from shared.db import Database, Reader
from shared.ids import id_from

BATCH = 1_000


class Lines:
    """The listed balance transactions, by the object that caused them."""

    def __init__(self) -> None:
        self.sums: dict[str, Sums] = {}
        self.lines: dict[str, list[Transaction]] = {}

    def add(self, line: Transaction) -> None:
        """Adds a balance transaction."""
        source = line.source or line.id
        add(self.sums.setdefault(source, {}), line.currency, line.net)
        self.lines.setdefault(source, []).append(line)

    def pop(self, source: str) -> Sums:
        """Removes and returns the sums of one object."""
        self.lines.pop(source, None)
        return self.sums.pop(source, {})


async def of_bookings(
    reader: Reader, stripe: Stripe, lines: Lines, bookings: list[UUID], since: datetime
) -> list[Difference]:
    """Differences between the ledger and Stripe for these bookings' objects. Removes the
    transactions of those that agree; objects older than `since` have none.
    """
    known: dict[str, tuple[UUID, Sums]] = {}
    for one in await ledger.sums_of_bookings(reader, bookings):
        if one.since >= since or one.source in lines.sums:
            _, sums = known.setdefault(one.source, (one.booking_id, {}))
            add(sums, one.currency, one.net)
    differing = {
        source: booking_id
        for source, (booking_id, sums) in known.items()
        if lines.pop(source) != sums
    }
    return [
        found
        for source, booking_id in differing.items()
        for found in await _look_again(reader, stripe, booking_id, source)
    ]


async def _look_again(
    reader: Reader, stripe: Stripe, booking_id: UUID, source: str
) -> list[Difference]:
    """The current differences between ledger and balance for one object: it may have changed since
    the transactions were listed, and may have some outside of the listed period. None while a step
    of its booking is in progress, because the step may change the ledger between the two reads.
    """
    if await ledger.is_busy(reader, booking_id):
        return []
    sums, theirs = await _ledger(reader, booking_id, source), await _whole(stripe, source)
    if theirs == sums or await _ledger(reader, booking_id, source) != sums:
        return []
    return [_difference(booking_id, source, sums, theirs)]


async def _ledger(reader: Reader, booking_id: UUID, source: str) -> Sums:
    """The ledger's sums for one object of a booking."""
    sums: Sums = {}
    for one in await ledger.sums_of_bookings(reader, [booking_id]):
        if one.source == source:
            add(sums, one.currency, one.net)
    return sums


async def _whole(stripe: Stripe, source: str) -> Sums:
    """The sums of all transactions of an object, at any time."""
    sums: Sums = {}
    for line in await settlements.transactions_of(stripe, source):
        add(sums, line.currency, line.net)
    return sums


def _difference(booking_id: UUID, source: str, ours: Sums, theirs: Sums) -> Difference:
    what = f"{source}: the ledger says {_shown(ours)}, our balance at Stripe {_shown(theirs)}"
    return Difference(str(booking_id), what, repair_of(booking_id))


def _shown(sums: Sums) -> str:
    return ", ".join(f"{amount} {currency}" for currency, amount in sorted(sums.items())) or "0"


async def of_the_rest(
    database: Database, stripe: Stripe, lines: Lines, since: datetime
) -> list[Difference]:
    """Compares the remaining transactions: those of earlier bookings, of objects that the ledger
    does not know, and of other programs, which are recorded.
    """
    reader, found = database.reader, list[Difference]()
    for batch in _batches(list(lines.sums)):
        earlier = await ledger.bookings_of_sources(reader, batch)
        if earlier:
            found += await of_bookings(reader, stripe, lines, earlier, since)
    ids = [line.id for left in lines.lines.values() for line in left]
    known = await other_transactions.stored_ids(reader, ids)
    for source, left in lines.lines.items():
        new = [line for line in left if line.id not in known]
        if not new:
            continue
        booking_id = await _booking_of(reader, stripe, new[0])
        if booking_id is None:
            async with database.transaction() as db:
                await other_transactions.add(db, new)
        else:
            found += await _look_again(reader, stripe, booking_id, source)
    return found


def _batches(names: list[str]) -> Iterable[list[str]]:
    for start in range(0, len(names), BATCH):
        yield names[start : start + BATCH]


async def _booking_of(reader: Reader, stripe: Stripe, line: Transaction) -> UUID | None:
    """The booking to which a transaction belongs; None if it is not one of ours."""
    if line.source is None:
        return None
    origin = await settlements.origin_of(stripe, line.id)
    charge_id, transfer_id = origin.get("charge") or line.source, origin.get("transfer")
    found: UUID | None = None
    if isinstance(charge_id, str):
        found = await booking_of_charge(reader, charge_id)
    if found is None and isinstance(transfer_id, str):
        found = await ledger.booking_of_transfer(reader, transfer_id)
    if found is None:
        named = id_from((origin.get("metadata") or {}).get("booking_id"))
        found = named if named is not None and await booked(reader, [named]) else None
    return found


async def in_all(database: Database, stripe: Stripe, at: datetime) -> list[Difference]:
    """Compares our balance at Stripe with the ledger and the other recorded transactions. Skipped
    while money moves; then only the transactions are compared.
    """
    reader = database.reader
    await checkpoints.advance(database, at)
    before = await ledger.newest_entry(reader), await settlements.balance(stripe)
    known = await checkpoints.total(reader)
    for currency, amount in (await other_transactions.sums(reader)).items():
        add(known, currency, amount)
    after = await ledger.newest_entry(reader), await settlements.balance(stripe)
    moving = await ledger.is_money_moving(reader)
    theirs = after[1]
    if before != after or moving or theirs == known:
        return []
    return [
        Difference(
            currency,
            f"our balance at Stripe is {CURRENCIES[currency].text(theirs.get(currency, 0))},"
            f" the ledger says {CURRENCIES[currency].text(known.get(currency, 0))}",
            LOOK,
        )
        for currency in sorted({*theirs, *known})
        if theirs.get(currency) != known.get(currency)
    ]


async def ever_noted(reader: Reader) -> bool:
    """Whether the balance was compared before; the first time, all transactions are read."""
    return await other_transactions.are_any(reader)
