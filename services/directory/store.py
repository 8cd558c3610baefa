"""Rows of consultant_profiles under a lock: what every command and reaction begins with."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.directory.search.postings import reindex, searchable
from services.directory.tables import consultant_profiles as profiles


async def claimed(db: AsyncConnection, consultant_id: UUID) -> Row[Any]:
    """The consultant's row, locked; made when this is the first that is heard of them."""
    mine = select(profiles).where(profiles.c.consultant_id == consultant_id).with_for_update()
    row: Row[Any] | None = (await db.execute(mine)).one_or_none()
    if row is not None:
        return row
    await db.execute(insert(profiles).values(consultant_id=consultant_id).on_conflict_do_nothing())
    made: Row[Any] = (await db.execute(mine)).one()
    return made


async def changed(db: AsyncConnection, row: Row[Any], **values: Any) -> Row[Any]:
    """Writes `values` to the claimed `row`, and to the search index what follows from them; the row
    as it is now.
    """
    new = {**row._mapping, **values}
    strong, weak = searchable(
        (new["first_name"], new["last_name"]), new["headline"], new["expertise_tags"], new["bio"]
    )
    change = update(profiles).where(profiles.c.consultant_id == row.consultant_id)
    after: Row[Any] = (
        await db.execute(
            change.values(**values, strong_words=strong, weak_words=weak).returning(profiles)
        )
    ).one()
    await reindex(db, row, after)
    return after
