"""Transactions reuse warm connections, but never a dead or dirty one."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest
from sqlalchemy import bindparam, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from shared.clock import now
from shared.db import Database, Query
from shared.ids import new_id
from shared.inbox import inbox
from shared.tasks import cancel_and_wait
from shared.testing import Infrastructure, eventually

PID = text("select pg_backend_pid()")
READ = Query(select(inbox.c.reaction))
INSERT = Query(
    insert(inbox).values({column.name: bindparam(column.name) for column in inbox.columns})
)


async def pid_of(database: Any) -> Any:
    async with database.transaction() as db:
        return (await db.execute(PID)).scalar_one()


async def test_the_same_warm_connection_serves_again(booking: Database) -> None:
    assert await pid_of(booking) == await pid_of(booking)


async def test_statements_are_planned_once_where_a_service_asks_for_it(booking: Database) -> None:
    booking.plan_once()
    async with booking.transaction() as db:
        in_transaction = await db.scalar(text("show plan_cache_mode"))
    single = await booking.reader.value("show plan_cache_mode")
    assert (in_transaction, single) == ("force_generic_plan", "force_generic_plan")


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

    await eventually(gone)
    await admin.close()
    await asyncio.sleep(0)  # the loop reads the end of the connection
    assert await pid_of(booking) != first


async def test_a_failed_transaction_leaves_nothing_behind(booking: Database) -> None:
    with pytest.raises(DBAPIError):
        async with booking.transaction() as db:
            await db.execute(text("select 1 / 0"))
    assert await pid_of(booking)


async def test_queries_and_statements_are_of_one_transaction(booking: Database) -> None:
    row = {"event_id": new_id(), "reaction": "test", "handled_at": now()}
    with pytest.raises(ZeroDivisionError):
        async with booking.transaction() as db:
            await db(INSERT, **row)
            assert await db.scalar(select(func.count()).select_from(inbox)) == 1
            await db.execute(update(inbox).values(reaction="changed"))
            assert [found["reaction"] for found in await db(READ)] == ["changed"]
            1 / 0  # noqa: B018
    assert await booking.autocommit(READ) == []


async def test_savepoint_rolls_back_both_and_the_transaction_goes_on(booking: Database) -> None:
    row = {"event_id": new_id(), "reaction": "test", "handled_at": now()}
    ran: list[str] = []
    async with booking.transaction() as db:
        await db(INSERT, **row)
        with pytest.raises(asyncpg.UniqueViolationError):
            async with db.savepoint():
                await db.execute(update(inbox).values(reaction="changed"))
                db.after_commit(lambda: ran.append("never"))
                await db(INSERT, **{**row, "reaction": "changed"})
        assert [found["reaction"] for found in await db(READ)] == ["test"]
    assert len(await booking.autocommit(READ)) == 1
    assert ran == []


async def test_an_interrupted_transaction_is_not_used_again(
    booking: Database, infrastructure: Infrastructure
) -> None:
    at_work = asyncio.Event()

    async def interrupted() -> None:
        async with booking.transaction() as db:
            await db(INSERT, event_id=new_id(), reaction="test", handled_at=now())
            at_work.set()
            await db.execute(text("select pg_sleep(60)"))

    task = asyncio.create_task(interrupted())
    await at_work.wait()
    await cancel_and_wait(task)
    assert await booking.autocommit(READ) == []
    async with booking.transaction() as db:
        assert await db.scalar(text("select pg_current_xact_id_if_assigned()")) is None
        open_ones = "select count(*) from pg_stat_activity where state = 'idle in transaction'"
        admin = await asyncpg.connect(infrastructure.admin_url)
        assert await admin.fetchval(f"{open_ones} and application_name = 'booking'") == 1
        await admin.close()


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
