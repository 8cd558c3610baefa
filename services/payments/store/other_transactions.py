"""Transactions of our balance at Stripe that do not belong to our bookings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import ARRAY, BigInteger, String, bindparam, cast, exists, func, select
from sqlalchemy.dialects.postgresql import insert

from services.payments.stripe_api.settlements import Transaction as BalanceTransaction
from services.payments.tables import other_transactions
from shared.db import Query, Reader, Transaction

_STORED = Query(
    select(other_transactions.c.transaction_id).where(
        other_transactions.c.transaction_id == func.any(bindparam("ids", type_=ARRAY(String)))
    )
)
_SUMS = Query(
    select(
        other_transactions.c.currency,
        cast(func.sum(other_transactions.c.net), BigInteger).label("amount"),
    ).group_by(other_transactions.c.currency)
)
_ARE_ANY = Query(select(exists(select(other_transactions.c.transaction_id))))


async def add(db: Transaction, lines: Sequence[BalanceTransaction]) -> None:
    """Stores the transactions that are not stored yet; there is at least one in `lines`."""
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
    await db.execute(insert(other_transactions).values(rows).on_conflict_do_nothing())


async def stored_ids(reader: Reader, ids: list[str]) -> set[str]:
    """Those of `ids` whose transactions are stored."""
    rows = await reader.rows(_STORED, ids=ids)
    return {row["transaction_id"] for row in rows}


async def sums(reader: Reader) -> dict[str, int]:
    """Their total, in minor units by currency."""
    return {row["currency"]: row["amount"] for row in await reader.rows(_SUMS)}


async def are_any(reader: Reader) -> bool:
    """Whether any are stored."""
    found: bool = await reader.value(_ARE_ANY)
    return found
