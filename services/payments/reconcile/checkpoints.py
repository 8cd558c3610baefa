"""The ledger's total on our balance by currency: the sum of all entries, without reading all of
them.

Entries are only ever added and have the time at which they were, so the total up to a day in the
past never changes, and is stored. The next total adds the entries since then.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from services.payments.reconcile.queries import ledger
from services.payments.store import checkpoints as checkpoints_store
from services.payments.store.checkpoints import Checkpoint
from shared.db import Database, Reader

# Far longer than any transaction lasts, or clocks differ.
SETTLED_AFTER = timedelta(days=1)
# The period summed in one statement: few enough entries for its time limit.
SPAN = timedelta(days=30)
Sums = dict[str, int]  # by currency


def add(sums: Sums, currency: str, amount: int) -> None:
    """Adds to the sum of one currency; zero sums are removed."""
    total = sums.get(currency, 0) + amount
    if total:
        sums[currency] = total
    else:
        sums.pop(currency, None)


def _sum(sums: Sums, more: Sums) -> Sums:
    both = dict(sums)
    for currency, amount in more.items():
        add(both, currency, amount)
    return both


async def total(reader: Reader) -> Sums:
    """The total of the accounts `platform` and `commission`, by currency."""
    known = await _latest(reader)
    if known is None:
        return {}
    return _sum(known.sums, await ledger.sums_since(reader, known.up_to))


async def advance(database: Database, at: datetime) -> None:
    """Stores the total up to a day before `at`, starting from the last checkpoint."""
    end, known = at - SETTLED_AFTER, await _latest(database.reader)
    while known is not None and known.up_to < end:
        until = min(known.up_to + SPAN, end)
        more = await ledger.sums_between(database.reader, known.up_to, until)
        known = Checkpoint(until, _sum(known.sums, more))
        async with database.transaction() as db:
            await checkpoints_store.add(db, known)


async def _latest(reader: Reader) -> Checkpoint | None:
    """The newest checkpoint; without any, one just before the first entry. None if there are no
    entries.
    """
    known = await checkpoints_store.latest(reader)
    if known is not None:
        return known
    first = await ledger.first_entry_at(reader)
    return Checkpoint(first - SETTLED_AFTER, {}) if first is not None else None
