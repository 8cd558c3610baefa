"""What handlers of every service declare as parameters, by Litestar's dependency injection."""

from __future__ import annotations

from collections.abc import AsyncIterator
from operator import attrgetter
from typing import Any

from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from sqlalchemy.ext.asyncio import AsyncConnection

from shared import db as database

# How handlers declare them: `db: Db`, `reader: Reader`, `pool: Pool`.
Db = NamedDependency[AsyncConnection]
Reader = NamedDependency[database.Reader]
Pool = NamedDependency[database.Database]


def from_state(path: str) -> Provide:
    """What the application's state has under `path`, as in "service.database". The handler's own
    annotation says its type.
    """
    find = attrgetter(path)

    def provide(state: State) -> Any:
        return find(state)

    return Provide(provide, sync_to_thread=False)


async def provide_db(state: State) -> AsyncIterator[AsyncConnection]:
    """`db`: the request's one transaction. It commits after the handler and before the answer
    leaves.
    """
    async with state.service.database.transaction() as db:
        yield db


DEPENDENCIES = {
    "db": Provide(provide_db),
    # for reads
    "reader": from_state("service.database.reader"),
    # for the command that opens its transactions itself
    "pool": from_state("service.database"),
    # what the operator has set
    "settings": from_state("settings"),
}
