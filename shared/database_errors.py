"""Which errors mean that the database is away."""

from __future__ import annotations

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_UNAVAILABLE = (
    OSError,
    TimeoutError,
    PoolTimeout,
    InterfaceError,
    OperationalError,
    asyncpg.exceptions.PostgresConnectionError,
    asyncpg.exceptions.OperatorInterventionError,
    asyncpg.exceptions.InsufficientResourcesError,
    asyncpg.exceptions.InterfaceError,
    # the server died during an earlier statement on this connection
    asyncpg.exceptions.InternalClientError,
    asyncpg.exceptions.DeadlockDetectedError,
    asyncpg.exceptions.SerializationError,
)


def is_database_unavailable(error: BaseException) -> bool:
    """Whether `error` means that the database could not be reached or is shutting down, rather than
    that the work itself failed.
    """
    if isinstance(error, DBAPIError) and not isinstance(error, (InterfaceError, OperationalError)):
        cause = getattr(error.orig, "__cause__", None) or error.orig
        return error.connection_invalidated or isinstance(cause, _UNAVAILABLE)
    return isinstance(error, _UNAVAILABLE)
