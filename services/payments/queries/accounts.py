"""The payout accounts of consultants."""

from __future__ import annotations

from uuid import UUID

import msgspec
from sqlalchemy import bindparam, select

from services.payments.stripe_api.accounts import Account
from services.payments.tables import payout_accounts
from shared.db import Query, Reader

_ACCOUNT = Query(
    select(
        payout_accounts.c.account_id, payout_accounts.c.status, payout_accounts.c.requirements
    ).where(
        payout_accounts.c.user_id == bindparam("user"), payout_accounts.c.account_id.is_not(None)
    )
)


async def account_of(reader: Reader, user_id: UUID) -> Account | None:
    """The consultant's payout account as last read at Stripe; None if they have none."""
    row = await reader.row(_ACCOUNT, user=user_id)
    if row is None:
        return None
    return Account(
        row["account_id"], row["status"], msgspec.json.decode(row["requirements"], type=list[str])
    )
