"""Dependencies that handlers of every service declare as parameters (Litestar dependency
injection).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import SkipValidation
from litestar.routes import HTTPRoute

from shared import db as database
from shared.auth import User
from shared.broker import Messaging
from shared.db import Transaction
from shared.live import LiveSender

if TYPE_CHECKING:
    from litestar._kwargs.dependencies import DependencyContainer

# The request of a handler with a guard, which has set its `user`.
AuthenticatedRequest = Request[User, Any, Any]

# Declared by handlers as `db: Db`, `reader: Reader` and so on. `db` is the request's transaction,
# `reader` is for reads, `pool` for commands that manage their own transactions.
Db = NamedDependency[Transaction]
Reader = NamedDependency[database.Reader]
Pool = NamedDependency[database.Database]
Broker = NamedDependency[Messaging]
# Sends messages that are not stored. Not validated, because tests replace it.
Live = SkipValidation[LiveSender]

_OF_SERVICE = {
    "reader": "service.database.reader",
    "pool": "service.database",
    "broker": "service.messaging",
    "live": "service.live",
}


def dependencies_of(state: Callable[[], State], names: Iterable[str]) -> dict[str, Provide]:
    """What handlers of every service may declare, and the values of the application's `state` that
    are called `names`. The handler's annotation states the type.

    These functions have no parameters: Litestar validates those of a dependency for each request,
    which costs more than the call.
    """

    def from_state(path: str) -> Provide:
        find = attrgetter(path)
        return Provide(lambda: find(state()), sync_to_thread=False)

    async def provide_db() -> AsyncIterator[Transaction]:
        # It commits after the handler and before the response is sent.
        async with state().service.database.transaction() as db:
            yield db

    paths = {**_OF_SERVICE, **{name: name for name in names}}
    return {"db": Provide(provide_db)} | {name: from_state(path) for name, path in paths.items()}


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
