"""Which errors are waited for, because they pass by themselves."""

from __future__ import annotations

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from shared.database_errors import is_database_unavailable


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (OSError(), True),
        (TimeoutError(), True),
        (asyncpg.ConnectionDoesNotExistError(), True),
        (asyncpg.AdminShutdownError(), True),
        (asyncpg.TooManyConnectionsError(), True),
        (asyncpg.InternalClientError(), True),
        (asyncpg.DeadlockDetectedError(), True),
        (asyncpg.SerializationError(), True),
        (asyncpg.UniqueViolationError(), False),
        (asyncpg.UndefinedColumnError(), False),
        (ValueError(), False),
    ],
)
def test_only_what_passes_by_itself_is_waited_for(error: Exception, passes: bool) -> None:
    """A deadlock's victim, for one, is no dead letter, however often it is the one."""
    assert is_database_unavailable(error) is passes
    from_driver = Exception()
    from_driver.__cause__ = error
    assert is_database_unavailable(DBAPIError("select 1", None, from_driver)) is passes
