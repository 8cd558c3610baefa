"""Dependencies that handlers of every service declare as parameters (Litestar dependency
injection).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from operator import attrgetter
from typing import Any

from litestar.datastructures import State
from litestar.di import NamedDependency, Provide

from shared import db as database
from shared.db import Transaction

# Declared by handlers as `db: Db`, `reader: Reader`, `pool: Pool`.
Db = NamedDependency[Transaction]
Reader = NamedDependency[database.Reader]
Pool = NamedDependency[database.Database]


def from_state(path: str) -> Provide:
    """Provides the value at `path` in the application's state, as in "service.database". The
    handler's annotation states its type.
    """
    find = attrgetter(path)

    def provide(state: State) -> Any:
        return find(state)

    return Provide(provide, sync_to_thread=False)


async def provide_db(state: State) -> AsyncIterator[Transaction]:
    """`db`: the request's transaction. It commits after the handler and before the response is
    sent.
    """
    async with state.service.database.transaction() as db:
        yield db


DEPENDENCIES = {
    "db": Provide(provide_db),
    # for reads
    "reader": from_state("service.database.reader"),
    # for commands that manage their own transactions
    "pool": from_state("service.database"),
    # the service's settings
    "settings": from_state("settings"),
}
