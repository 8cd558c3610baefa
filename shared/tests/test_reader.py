"""The reader keeps a bounded number of warm, healthy connections."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared.db import Reader
from shared.ids import new_id
from shared.testing import Infrastructure, eventually

PID = "select pg_backend_pid()"


@pytest.fixture
async def reader(infrastructure: Infrastructure) -> AsyncIterator[Reader]:
    made = Reader(infrastructure.service_urls["booking"], size=3, name="reader-test")
    yield made
    await made.close()


async def test_one_after_the_other_use_one_connection(reader: Reader) -> None:
    assert len({await reader.value(PID) for _ in range(5)}) == 1


async def test_a_row_that_the_database_refuses_leaves_the_connection_in_use(reader: Reader) -> None:
    pid = await reader.value(PID)
    free = (
        "insert into consultant_prices (consultant_id, hourly_rate, currency) values ($1, 0, 'eur')"
    )
    with pytest.raises(asyncpg.CheckViolationError):
        await reader.rows(free, new_id())
    assert await reader.value(PID) == pid


async def test_never_more_connections_than_allowed(reader: Reader) -> None:
    pids = await asyncio.gather(
        *(reader.value("select pg_backend_pid() from pg_sleep(0.02)") for _ in range(12))
    )
    assert len(set(pids)) == 3


async def test_a_connection_that_the_server_closed_is_replaced(
    reader: Reader, infrastructure: Infrastructure
) -> None:
    pid = await reader.value(PID)
    admin = await asyncpg.connect(infrastructure.admin_url)
    await admin.execute("select pg_terminate_backend($1, 5000)", pid)
    await admin.close()
    (connection,) = reader._idle

    async def noticed() -> bool:
        return bool(connection.is_closed())

    await eventually(noticed)
    assert await reader.value(PID) != pid


async def test_an_error_or_a_cancelled_read_costs_no_slot(reader: Reader) -> None:
    for _ in range(5):
        with pytest.raises(asyncpg.PostgresError):
            await reader.rows("select 1 / 0")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await reader.rows("select pg_sleep(5)")
    assert [await reader.value("select $1::int", n) for n in range(3)] == [0, 1, 2]
