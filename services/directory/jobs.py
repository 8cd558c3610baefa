"""What the clock does here: photos that no profile names any more are deleted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import obstore
from obstore.store import ObjectStore
from sqlalchemy import select

from services.directory.domain.photos import parts_of
from services.directory.tables import consultant_profiles as profiles
from shared.clock import now
from shared.db import Database
from shared.jobs import Job

# Pages and caches show a photo for some time after it was replaced.
KEPT_FOR = timedelta(days=1)


async def purge_photos(database: Database, store: ObjectStore) -> bool:
    """Deletes files of photos that were replaced or removed; False, for it does all at once."""
    before = now() - KEPT_FOR
    async for files in obstore.list(store).__aiter__():
        old = [file["path"] for file in files if file["last_modified"] < before]
        named = {path: parts for path in old if (parts := parts_of(path)) is not None}
        shown = await _shown(database, {consultant_id for consultant_id, _ in named.values()})
        unnamed = [path for path, parts in named.items() if parts not in shown]
        if unnamed:
            await obstore.delete_async(store, unnamed)
    return False


async def _shown(database: Database, consultants: set[UUID]) -> set[tuple[UUID, str]]:
    query = select(profiles.c.consultant_id, profiles.c.photo).where(
        profiles.c.consultant_id.in_(consultants), profiles.c.photo.is_not(None)
    )
    async with database.transaction() as db:
        return {(row.consultant_id, row.photo) for row in await db.execute(query)}


def photo_jobs(database: Callable[[], Database], store: ObjectStore) -> list[Job]:
    """Once a day, in each replica: the second one finds nothing to do."""
    return [Job("purge-photos", lambda: purge_photos(database(), store), every=86_400)]
