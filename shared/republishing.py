"""Publishes what a service already has again, for services that have begun to store more of it or
have missed events.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from shared.db import Database
from shared.operators import operator_database

# Publishes the next rows after this id, and returns their ids in order: none if there are no more.
PublishNext = Callable[[Database, UUID], Awaitable[list[UUID]]]


async def publish_all(database_url: str, service: str, publish_next: PublishNext) -> int:
    """Calls `publish_next` until there are no more rows, each time in a transaction of its own;
    returns the number of rows. Can be repeated, and interrupted at any time.
    """
    count, after = 0, UUID(int=0)
    async with operator_database(database_url, service) as database:
        while published := await publish_next(database, after):
            count, after = count + len(published), published[-1]
    return count
