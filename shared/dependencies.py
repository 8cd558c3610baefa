"""Dependencies that handlers of every service declare as parameters (Litestar dependency
injection).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.routes import HTTPRoute

from shared import db as database
from shared.db import Transaction

if TYPE_CHECKING:
    from litestar._kwargs.dependencies import DependencyContainer

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


def resolve_in_turn(application: Litestar) -> None:
    """Lets the dependencies of a request be resolved one after the other, a transaction last.
    Litestar runs those that do not need each other in a task group, which costs more than they do:
    none but the transaction waits for anything.
    """
    for route in application.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for _, arguments in route.route_handler_map.values():
            arguments.dependency_batches = [
                {dependency}
                for batch in arguments.dependency_batches
                for dependency in sorted(batch, key=_transactions_last)
            ]


def _transactions_last(dependency: DependencyContainer) -> tuple[bool, str]:
    return dependency.provide.has_async_generator_dependency, dependency.key
