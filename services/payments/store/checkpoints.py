"""Checkpoints of the ledger: its total on our balance up to a time, by currency."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy.dialects.postgresql import insert

from services.payments.tables import ledger_checkpoints
from shared.db import Reader, Transaction

_LATEST = """
    select up_to, currency, amount from payments.ledger_checkpoints
    where up_to = (select max(up_to) from payments.ledger_checkpoints)
"""


class Checkpoint(msgspec.Struct, frozen=True):
    """The total of all entries up to a time, in minor units by currency."""

    up_to: datetime
    sums: dict[str, int]


async def latest(reader: Reader) -> Checkpoint | None:
    """The newest checkpoint; None if there is none."""
    rows = await reader.rows(_LATEST)
    if not rows:
        return None
    return Checkpoint(rows[0]["up_to"], {row["currency"]: row["amount"] for row in rows})


async def add(db: Transaction, checkpoint: Checkpoint) -> None:
    """Stores a checkpoint, unless there is one of that time. One without any sum is not stored."""
    rows = [
        {"up_to": checkpoint.up_to, "currency": currency, "amount": amount}
        for currency, amount in checkpoint.sums.items()
    ]
    if rows:
        await db.execute(insert(ledger_checkpoints).values(rows).on_conflict_do_nothing())
