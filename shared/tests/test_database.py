"""Roles see their own schema only; migrations may run twice, and at once."""

import asyncio

import asyncpg
import pytest

from shared.migrate import SERVICES, migrate


@pytest.mark.parametrize("service", SERVICES)
async def test_a_role_sees_no_schema_but_its_own(infrastructure, service):
    connection = await asyncpg.connect(infrastructure.service_urls[service])
    try:
        assert await connection.fetchval("select count(*) from outbox") >= 0
        for other in set(SERVICES) - {service}:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetchval(f"select count(*) from {other}.outbox")
        for forbidden in (
            "create table t (x int)",
            "create table public.t (x int)",
            "alter table outbox add column x int",
            "drop table outbox",
            "create role x",
            f"create schema {service}_2",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(forbidden)
    finally:
        await connection.close()


async def test_migrations_run_again_and_at_once(infrastructure):
    await asyncio.gather(*(migrate(infrastructure.admin_url, infrastructure.service_urls) for _ in range(3)))
