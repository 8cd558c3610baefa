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
        found = await accounts.next_for_update(db, after, ANNOUNCED_AT_ONCE)
        events = (PayoutAccountChanged(user_id=one.user_id, state=one.status) for one in found)
        await emit(db, *events)
    return [one.user_id for one in found]
