"""Publishes payout accounts again, for services that have begun to store more of their
properties.
"""

from __future__ import annotations

from uuid import UUID

from services.payments.store import accounts
from shared.db import Database
from shared.events import PayoutAccountChanged
from shared.outbox import emit

ANNOUNCED_AT_ONCE = 500


async def announce_payout_accounts(database: Database, after: UUID) -> list[UUID]:
    """Publishes the next payout accounts in order of their owners' ids, starting after `after`, and
    returns these ids; an empty list if there are no more.
    """
    async with database.transaction() as db:
        rows = await accounts.next_for_update(db, after, ANNOUNCED_AT_ONCE)
        await emit(db, *(PayoutAccountChanged(user_id=r.user_id, state=r.status) for r in rows))
    return [row.user_id for row in rows]
