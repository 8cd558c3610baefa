"""Publishes payout accounts again, for services that have begun to store more of their
properties.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from services.payments.tables import payout_accounts
from shared.db import Database
from shared.events import PayoutAccountChanged
from shared.outbox import emit

ANNOUNCED_AT_ONCE = 500


async def announce_payout_accounts(database: Database, after: UUID) -> list[UUID]:
    """Publishes the next payout accounts in order of their owners' ids, starting after `after`, and
    returns these ids; an empty list if there are no more.
    """
    opened = payout_accounts.c.account_id.is_not(None) & (payout_accounts.c.user_id > after)
    query = select(payout_accounts.c.user_id, payout_accounts.c.status).where(opened)
    query = query.order_by(payout_accounts.c.user_id).limit(ANNOUNCED_AT_ONCE).with_for_update()
    async with database.transaction() as db:
        rows = (await db.execute(query)).all()
        await emit(db, *(PayoutAccountChanged(user_id=r.user_id, state=r.status) for r in rows))
    return [row.user_id for row in rows]
