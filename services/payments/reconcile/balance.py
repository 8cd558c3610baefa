"""Differences between the ledger and our balance at Stripe: per balance transaction, and in total.

Each line of the balance is caused by an object: a charge, a refund, a dispute, a transfer, a
reversal. What the ledger says of that object must be the sum of its lines, to the cent and in each
currency, Stripe's fees with it. Transactions that do not belong to our bookings (payouts to our
bank, account fees, other programs) are recorded, so that the balance as a whole can be compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from services.payments.reconcile import checkpoints
from services.payments.reconcile.checkpoints import Sums, add
from services.payments.reconcile.own_tables import LOOK, Difference, repair_of
from services.payments.stripe_api import Stripe, settlements
from services.payments.stripe_api.settlements import Transaction
from services.payments.tables import other_transactions
from shared.currencies import CURRENCIES
from shared.db import Database, Reader
from shared.ids import id_from

BATCH = 1_000

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
_CHARGED = "select booking_id from payments.payments where charge_id = $1"
_TRANSFERRED = """
    select booking_id from payments.ledger_entries where stripe_object = $1 and kind = 'transfer'
    limit 1
"""
_BOOKED = "select booking_id from payments.payments where booking_id = $1"
_BUSY = """
    select 1 from payments.operations
    where subject_id = $1 and state in ('due', 'running') and in_doubt
"""
_NOTED = """
    select currency, sum(net)::bigint as amount from payments.other_transactions group by currency
"""
_NEWEST = "select max(id) from payments.ledger_entries"


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
    for row in await reader.rows(_OF_BOOKINGS, bookings):
        if row["since"] >= since or row["source"] in lines.sums:
            _, sums = known.setdefault(row["source"], (row["booking_id"], {}))
            add(sums, row["currency"], row["net"])
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
    if await reader.rows(_BUSY, booking_id):
        return []
    sums, theirs = await _ledger(reader, booking_id, source), await _whole(stripe, source)
    if theirs == sums or await _ledger(reader, booking_id, source) != sums:
        return []
    return [_difference(booking_id, source, sums, theirs)]


async def _ledger(reader: Reader, booking_id: UUID, source: str) -> Sums:
    """The ledger's sums for one object of a booking."""
    sums: Sums = {}
    for row in await reader.rows(_OF_BOOKINGS, [booking_id]):
        if row["source"] == source:
            add(sums, row["currency"], row["net"])
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
        rows = await reader.rows(_OF_SOURCES, batch)
        earlier = [row["booking_id"] for row in rows if row["booking_id"] is not None]
        if earlier:
            found += await of_bookings(reader, stripe, lines, earlier, since)
    known = await _noted(reader, [line.id for left in lines.lines.values() for line in left])
    for source, left in lines.lines.items():
        new = [line for line in left if line.id not in known]
        if not new:
            continue
        booking_id = await _booking_of(reader, stripe, new[0])
        if booking_id is None:
            await _note(database, new)
        else:
            found += await _look_again(reader, stripe, booking_id, source)
    return found


def _batches(names: list[str]) -> Iterable[list[str]]:
    for start in range(0, len(names), BATCH):
        yield names[start : start + BATCH]


async def _noted(reader: Reader, ids: list[str]) -> set[str]:
    rows = await reader.rows(
        "select transaction_id from payments.other_transactions"
        " where transaction_id = any($1::text[])",
        ids,
    )
    return {row["transaction_id"] for row in rows}


async def _booking_of(reader: Reader, stripe: Stripe, line: Transaction) -> UUID | None:
    """The booking to which a transaction belongs; None if it is not one of ours."""
    if line.source is None:
        return None
    origin = await settlements.origin_of(stripe, line.id)
    metadata = origin.get("metadata") or {}
    for query, value in (
        (_CHARGED, origin.get("charge") or line.source),
        (_TRANSFERRED, origin.get("transfer")),
        (_BOOKED, id_from(metadata.get("booking_id"))),
    ):
        if isinstance(value, str | UUID) and (booking_id := await reader.value(query, value)):
            found: UUID = booking_id
            return found
    return None


async def _note(database: Database, lines: list[Transaction]) -> None:
    rows = [
        {
            "transaction_id": line.id,
            "type": line.type,
            "net": line.net,
            "currency": line.currency,
            "at": datetime.fromtimestamp(line.created, UTC),
        }
        for line in lines
    ]
    async with database.transaction() as db:
        await db.execute(insert(other_transactions).values(rows).on_conflict_do_nothing())


async def in_all(database: Database, stripe: Stripe, at: datetime) -> list[Difference]:
    """Compares our balance at Stripe with the ledger and the other recorded transactions. Skipped
    while money moves; then only the transactions are compared.
    """
    reader = database.reader
    await checkpoints.advance(database, at)
    before = await reader.value(_NEWEST), await settlements.balance(stripe)
    known = await checkpoints.total(reader)
    for row in await reader.rows(_NOTED):
        add(known, row["currency"], row["amount"])
    after = await reader.value(_NEWEST), await settlements.balance(stripe)
    moving = await reader.value(
        "select exists (select 1 from payments.operations"
        " where state in ('due', 'running') and in_doubt)"
    )
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
    found: bool = await reader.value("select exists (select 1 from payments.other_transactions)")
    return found
