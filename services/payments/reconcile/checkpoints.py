"""The ledger's total on our balance by currency: the sum of all entries, without reading all of
them.

Entries are only ever added and have the time at which they were, so the total up to a day in the
past never changes, and is stored. The next total adds the entries since then.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert

from services.payments.tables import ledger_checkpoints
from shared.db import Database, Reader

# Far longer than any transaction lasts, or clocks differ.
SETTLED_AFTER = timedelta(days=1)
# The period summed in one statement: few enough entries for its time limit.
SPAN = timedelta(days=30)
Sums = dict[str, int]  # by currency

_LATEST = """
    select up_to, currency, amount from payments.ledger_checkpoints
    where up_to = (select max(up_to) from payments.ledger_checkpoints)
"""
_FIRST = "select at from payments.ledger_entries order by id limit 1"
_BETWEEN = """
    select currency, sum(amount)::bigint as amount from payments.ledger_entries
    where at > $1 and at <= $2 and account in ('platform', 'commission') group by currency
"""
_SINCE = """
    select currency, sum(amount)::bigint as amount from payments.ledger_entries
    where at > $1 and account in ('platform', 'commission') group by currency
"""


def add(sums: Sums, currency: str, amount: int) -> None:
    """Adds to the sum of one currency; zero sums are removed."""
    total = sums.get(currency, 0) + amount
    if total:
        sums[currency] = total
    else:
        sums.pop(currency, None)


async def total(reader: Reader) -> Sums:
    """The total of the accounts `platform` and `commission`, by currency."""
    up_to, sums = await _latest(reader)
    if up_to is not None:
        for row in await reader.rows(_SINCE, up_to):
            add(sums, row["currency"], row["amount"])
    return sums


async def advance(database: Database, at: datetime) -> None:
    """Stores the total up to a day before `at`, starting from the last checkpoint."""
    end = at - SETTLED_AFTER
    up_to, sums = await _latest(database.reader)
    while up_to is not None and up_to < end:
        until = min(up_to + SPAN, end)
        for row in await database.reader.rows(_BETWEEN, up_to, until):
            add(sums, row["currency"], row["amount"])
        up_to = until
        await _keep(database, up_to, sums)


async def _latest(reader: Reader) -> tuple[datetime | None, Sums]:
    """The newest checkpoint; without any, the time just before the first entry. None if there are
    no entries.
    """
    rows = await reader.rows(_LATEST)
    if rows:
        return rows[0]["up_to"], {row["currency"]: row["amount"] for row in rows}
    first: datetime | None = await reader.value(_FIRST)
    return (first - SETTLED_AFTER if first is not None else None), {}


async def _keep(database: Database, up_to: datetime, sums: Sums) -> None:
    rows = [
        {"up_to": up_to, "currency": currency, "amount": amount}
        for currency, amount in sums.items()
    ]
    if rows:
        async with database.transaction() as db:
            await db.execute(insert(ledger_checkpoints).values(rows).on_conflict_do_nothing())
