"""The payout accounts of consultants."""

from __future__ import annotations

from uuid import UUID

import msgspec

from services.payments.stripe_api.accounts import Account
from shared.db import Reader


async def account_of(reader: Reader, user_id: UUID) -> Account | None:
    """The consultant's payout account as last read at Stripe; None if they have none."""
    row = await reader.row(
        "select account_id, status, requirements from payments.payout_accounts"
        " where user_id = $1 and account_id is not null",
        user_id,
    )
    if row is None:
        return None
    return Account(
        row["account_id"], row["status"], msgspec.json.decode(row["requirements"], type=list[str])
    )
