"""Roles can access their own schema only; migrations may run twice, and concurrently."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from shared.migrate import migrate
from shared.services import SERVICES
from shared.testing import Infrastructure


@pytest.mark.parametrize("service", SERVICES)
async def test_a_role_sees_no_schema_but_its_own(
    infrastructure: Infrastructure, service: Any
) -> None:
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


@pytest.mark.parametrize("service", SERVICES)
async def test_a_role_can_neither_read_nor_write_any_table_of_another_schema(
    infrastructure: Infrastructure, service: Any
) -> None:
    admin = await asyncpg.connect(infrastructure.admin_url)
    tables = await admin.fetch(
        "select schemaname, quote_ident(schemaname) || '.' || quote_ident(tablename) as name from "
        "pg_tables where schemaname = any($1::text[])",
        list(SERVICES),
    )
    await admin.close()
    foreign = [row["name"] for row in tables if row["schemaname"] != service]
    assert len(foreign) > 20
    connection = await asyncpg.connect(infrastructure.service_urls[service])
    try:
        for table in foreign:
            for statement in (
                f"select from {table}",
                f"delete from {table}",
                f"insert into {table} default values",
            ):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
    finally:
        await connection.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_a_role_cannot_become_another(infrastructure: Infrastructure, service: Any) -> None:
    connection = await asyncpg.connect(infrastructure.service_urls[service])
    try:
        rights = await connection.fetchrow(
            "select rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls from "
            "pg_roles where rolname = current_user"
        )
        assert not any(rights)
        owned = "select count(*) from pg_class where relowner = current_user::regrole"
        assert await connection.fetchval(owned) == 0, "its tables are the administrator's"
        for other in {*SERVICES, "postgres"} - {service}:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"set role {other}")
    finally:
        await connection.close()


async def test_migrations_run_again_and_at_once(infrastructure: Infrastructure) -> None:
    await asyncio.gather(
        *(migrate(infrastructure.admin_url, infrastructure.service_urls) for _ in range(3))
    )
