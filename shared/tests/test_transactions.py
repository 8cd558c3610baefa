"""Transactions reuse warm connections, but never a dead or dirty one."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.db import Database
from shared.testing import Infrastructure

PID = text("select pg_backend_pid()")


async def pid_of(database: Any) -> Any:
    async with database.transaction() as db:
        return (await db.execute(PID)).scalar_one()


async def test_the_same_warm_connection_serves_again(booking: Database) -> None:
    assert await pid_of(booking) == await pid_of(booking)


async def test_a_connection_that_died_while_idle_is_replaced(
    booking: Database, infrastructure: Infrastructure
) -> None:
    first = await pid_of(booking)
    admin = await asyncpg.connect(infrastructure.admin_url)
    await admin.execute("select pg_terminate_backend($1)", first)

    async def gone() -> Any:
        return await admin.fetchval(
            "select count(*) = 0 from pg_stat_activity where pid = $1", first
        )

    from shared.testing import eventually

    await eventually(gone)
    await admin.close()
    await asyncio.sleep(0)  # the loop reads the end of the connection
    assert await pid_of(booking) != first


async def test_a_failed_transaction_leaves_nothing_behind(booking: Database) -> None:
    with pytest.raises(DBAPIError):
        async with booking.transaction() as db:
            await db.execute(text("select 1 / 0"))
    assert await pid_of(booking)


async def test_more_transactions_than_connections_wait_for_each_other(booking: Database) -> None:
    async def slow() -> Any:
        async with booking.transaction() as db:
            await db.execute(text("select pg_sleep(0.02)"))
            return 1

    assert sum(await asyncio.gather(*(slow() for _ in range(50)))) == 50


async def test_callbacks_run_after_the_commit_and_only_then(booking: Database) -> None:
    ran = []
    async with booking.transaction() as db:
        db.after_commit(lambda: ran.append("committed"))
        assert ran == []
    assert ran == ["committed"]
    with pytest.raises(ZeroDivisionError):
        async with booking.transaction() as db:
            db.after_commit(lambda: ran.append("never"))
            1 / 0  # noqa: B018
    await pid_of(booking)
    assert ran == ["committed"]
