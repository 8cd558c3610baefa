"""Requests about one account lock its rows in a fixed order, so they cannot deadlock.

The user's row is locked from outside until both wait for it; a request that had locked other rows
before would then block the other one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from services.identity.commands.recovery import send_resets
from services.identity.store.attempts import count_attempt, delete_attempts
from services.identity.tests.conftest import PASSWORD
from services.identity.tests.links import NEW, ask_reset, last, reset, reset_token, verify
from shared.clock import now
from shared.events import EmailVerificationRequested
from shared.testing import Infrastructure, eventually

_WAITING = "select count(distinct pid) from pg_locks where not granted"
Request = Callable[[], Awaitable[Any]]


class LockedRows:
    """Rows locked from outside the service."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection

    async def first_then(self, lock: str, first: Request, second: Request) -> tuple[Any, Any]:
        """The results of both, where the first waits for the locked rows before the second
        starts.
        """
        transaction = self.connection.transaction()
        await transaction.start()
        await self.connection.execute(lock)
        tasks = []
        for number, request in enumerate((first, second), 1):
            task = asyncio.ensure_future(request())
            tasks.append(task)
            await self._waits(number, task)
        await transaction.rollback()
        return await tasks[0], await tasks[1]

    async def _waits(self, number: int, task: asyncio.Future[Any]) -> None:
        """Waits until that many sessions wait for locks, or this task has finished."""

        async def waiting() -> bool:
            return task.done() or bool(await self.connection.fetchval(_WAITING) == number)

        await eventually(waiting)


@pytest.fixture
async def locked_rows(infrastructure: Infrastructure) -> Any:
    connection = await asyncpg.connect(
        infrastructure.admin_url, server_settings={"search_path": "identity"}
    )
    yield LockedRows(connection)
    await connection.close()


LOCK_USERS = "select from users for update"


async def test_a_mail_sent_again_while_the_last_one_is_confirmed(
    identity: Any, locked_rows: LockedRows
) -> None:
    session = await identity.session()
    token = (await last(identity, EmailVerificationRequested)).token
    sent, verified = await locked_rows.first_then(
        LOCK_USERS,
        lambda: identity.call("POST", "/users/me/verification-email", session),
        lambda: verify(identity, token),
    )
    # the newer mail voids the older link
    assert (sent.status_code, verified.status_code) == (202, 400)


async def test_a_reset_sent_while_the_last_one_is_confirmed(
    identity: Any, locked_rows: LockedRows
) -> None:
    await identity.session()
    token = await reset_token(identity)
    await ask_reset(identity)
    more, confirmed = await locked_rows.first_then(
        LOCK_USERS,
        lambda: send_resets(identity.harness.database),
        lambda: reset(identity, token),
    )
    assert (more, confirmed.status_code) == (False, 400)


async def test_a_password_changed_while_it_is_reset(identity: Any, locked_rows: LockedRows) -> None:
    session = await identity.session()
    token = await reset_token(identity)
    body = {"current_password": PASSWORD, "new_password": NEW}
    changed, confirmed = await locked_rows.first_then(
        LOCK_USERS,
        lambda: identity.call("POST", "/users/me/password", session, json=body),
        lambda: reset(identity, token),
    )
    assert (changed.status_code, confirmed.status_code) == (204, 400)


async def test_a_session_pruned_while_a_spent_token_revokes_it(
    identity: Any, locked_rows: LockedRows
) -> None:
    session = await identity.session()
    following = (await identity.refresh(session["refresh_token"])).json()
    assert (await identity.refresh(following["refresh_token"])).status_code == 200
    await identity.harness.sql("update refresh_families set expires_at = now() - interval '1 day'")
    refreshed, _ = await locked_rows.first_then(
        "select from refresh_tokens for update",
        lambda: identity.refresh(session["refresh_token"]),
        lambda: identity.harness.prune(),
    )
    assert refreshed.status_code == 401


async def test_attempts_counted_while_a_right_password_resets_them(
    identity: Any, locked_rows: LockedRows
) -> None:
    """The rows are stored in the opposite order of that in which they are counted."""
    earlier, later = b"a", b"b"
    await identity.harness.sql(
        "insert into login_attempts (key, started_at, attempts) select unnest($1::bytea[]), $2, 1",
        [later, earlier],
        now(),
    )
    database = identity.harness.database

    async def count() -> None:
        async with database.transaction() as db:
            await count_attempt(db, (earlier, later), now(), timedelta(minutes=1))

    async def reset_both() -> None:
        async with database.transaction() as db:
            await delete_attempts(db, (earlier, later))

    await locked_rows.first_then(
        f"select from login_attempts where key = '\\x{earlier.hex()}' for update", count, reset_both
    )
    assert await identity.harness.sql("select from login_attempts") == []
