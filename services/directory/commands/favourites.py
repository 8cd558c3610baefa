"""A seeker's favourite consultants."""

from __future__ import annotations

from uuid import UUID

from services.directory import store
from services.directory.errors import NoSuchConsultant
from shared.auth import User
from shared.db import Transaction


async def add_favourite(db: Transaction, *, by: User, consultant_id: UUID) -> None:
    """Adds a favourite; idempotent. Raises NoSuchConsultant."""
    if not await store.has_profile(db, consultant_id):
        raise NoSuchConsultant
    await store.insert_favourite(db, by.id, consultant_id)


async def remove_favourite(db: Transaction, *, by: User, consultant_id: UUID) -> None:
    """Removes a favourite, if it exists."""
    await store.delete_favourite(db, by.id, consultant_id)
