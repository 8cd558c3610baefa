"""Consultants whom a seeker wants to find again."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.directory.errors import NoSuchConsultant
from services.directory.tables import consultant_profiles as profiles
from services.directory.tables import favourites
from shared.auth import User
from shared.clock import now


async def add_favourite(db: AsyncConnection, *, by: User, consultant_id: UUID) -> None:
    """Notes a consultant; again is no change. Raises NoSuchConsultant."""
    public = (profiles.c.consultant_id == consultant_id) & profiles.c.is_active
    shown = select(profiles.c.no).where(public & profiles.c.headline.is_not(None))
    if (await db.execute(shown)).first() is None:
        raise NoSuchConsultant
    row = {"seeker_id": by.id, "consultant_id": consultant_id, "created_at": now()}
    await db.execute(insert(favourites).values(row).on_conflict_do_nothing())


async def remove_favourite(db: AsyncConnection, *, by: User, consultant_id: UUID) -> None:
    """Forgets a consultant, if they were noted."""
    mine = (favourites.c.seeker_id == by.id) & (favourites.c.consultant_id == consultant_id)
    await db.execute(delete(favourites).where(mine))
