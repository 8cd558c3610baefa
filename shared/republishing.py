"""Publishes what a service already has again, for services that have begun to store more of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from shared.db import Database

# Publishes the next rows after this id, and returns their ids in order: none if there are no more.
PublishNext = Callable[[Database, UUID], Awaitable[list[UUID]]]


async def publish_all(database_url: str, service: str, publish_next: PublishNext) -> int:
    """Calls `publish_next` until there are no more rows, each time in a transaction of its own;
    returns the number of rows. Can be repeated, and interrupted at any time.
    """
    database = Database(database_url, pool_size=1, name=f"{service}-operator")
    count, after = 0, UUID(int=0)
    try:
        while published := await publish_next(database, after):
            count, after = count + len(published), published[-1]
    finally:
        await database.close()
    return count
