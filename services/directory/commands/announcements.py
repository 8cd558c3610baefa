"""Publishes profiles again, for services that have lost events about them."""

from __future__ import annotations

from uuid import UUID

from services.directory import store
from shared.db import Database
from shared.events import ProfileUpdated
from shared.outbox import emit

ANNOUNCED_AT_ONCE = 200


async def announce_profiles(database: Database, after: UUID) -> list[UUID]:
    """Publishes the next profiles in order of their consultants' ids, starting after `after`, and
    returns these ids; an empty list if there are no more.
    """
    async with database.transaction() as db:
        prices = await store.prices_for_update(db, after, ANNOUNCED_AT_ONCE)
        await emit(db, *(ProfileUpdated(**one._asdict()) for one in prices))
    return [one.consultant_id for one in prices]
