"""`python -m shared.migrate`: brings roles, schemas and tables of all services to the code's state. Safe to run twice, and by two at once.

Reads ADMIN_DATABASE_URL (a role that may create roles and schemas) and each service's own URL (IDENTITY_DATABASE_URL …), from
which its role and password are taken. The tables belong to the administrator; a service's role may use its own schema's rows, no
other schema, and cannot change a table's shape.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ("identity", "directory", "booking", "payments")
EXTENSIONS = ("btree_gist", "citext", "pg_trgm", "unaccent")
LOCK = 4_207_201_122  # one number for this project's migrations
LOCK_TIMEOUT = "5s"
TRIES = 5


async def migrate(admin_url: str, service_urls: dict[str, str]) -> None:
    """Creates what is missing and upgrades every schema to its newest revision. `service_urls` maps service to its login URL."""
    connection = await asyncpg.connect(admin_url, timeout=10)
    try:
        # The second of two replicas waits here and then finds nothing to do.
        await connection.execute("select pg_advisory_lock($1)", LOCK)
        await _prepare(connection, service_urls)
        await asyncio.to_thread(_upgrade_all, admin_url, list(service_urls))
    finally:
        await connection.close()


async def _prepare(connection: asyncpg.Connection, service_urls: dict[str, str]) -> None:
    database = await connection.fetchval("select current_database()")
    await connection.execute("revoke create on schema public from public")
    for extension in EXTENSIONS:
        await connection.execute(f"create extension if not exists {extension} schema public")
    for service, url in service_urls.items():
        role, password = _login(url)
        await _make_role(connection, role, password)
        await _make_schema(connection, service, role, database)


def _login(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    if not parts.username or not parts.password:
        raise SystemExit("A service's database URL must name its role and password.")
    return unquote(parts.username), unquote(parts.password)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


async def _make_role(connection: asyncpg.Connection, role: str, password: str) -> None:
    literal = await connection.fetchval("select quote_literal($1::text)", password)
    exists = await connection.fetchval("select 1 from pg_roles where rolname = $1", role)
    verb = "alter" if exists else "create"
    await connection.execute(
        f"{verb} role {_quoted(role)} login nosuperuser nocreatedb nocreaterole password {literal}"
    )


async def _make_schema(connection: asyncpg.Connection, schema: str, role: str, database: str) -> None:
    name, who = _quoted(schema), _quoted(role)
    for statement in (
        f"create schema if not exists {name}",
        f"revoke all on schema {name} from public",
        f"grant usage on schema {name} to {who}",
        f"alter role {who} in database {_quoted(database)} set search_path = {name}, public",
        f"alter default privileges in schema {name} grant select, insert, update, delete on tables to {who}",
        f"alter default privileges in schema {name} grant usage on sequences to {who}",
    ):
        await connection.execute(statement)


def _upgrade_all(admin_url: str, services: Sequence[str]) -> None:
    for service in services:
        for location in ("shared/migrations", f"services/{service}/migrations"):
            if (ROOT / location / "versions").is_dir():
                asyncio.run(_upgrade(admin_url, service, location))


async def _upgrade(admin_url: str, schema: str, location: str) -> None:
    url = admin_url.replace("postgresql://", "postgresql+asyncpg://", 1)
    engine = create_async_engine(url, connect_args={"server_settings": {"lock_timeout": LOCK_TIMEOUT}})
    try:
        for attempt in range(1, TRIES + 1):
            try:
                async with engine.begin() as connection:
                    await connection.run_sync(_run_alembic, schema, location)
                return
            except Exception as error:
                # A lock that is not had within lock_timeout would make every later query queue behind us: give way, try again.
                if "LockNotAvailable" not in repr(error) or attempt == TRIES:
                    raise
                await asyncio.sleep(attempt)
    finally:
        await engine.dispose()


def _run_alembic(connection: Connection, schema: str, location: str) -> None:
    connection.execute(text(f"set local search_path = {_quoted(schema)}, public"))
    config = Config()
    config.set_main_option("script_location", str(ROOT / location))
    config.attributes["connection"] = connection
    config.attributes["schema"] = schema
    config.attributes["version_table"] = (
        "alembic_version_shared" if location.startswith("shared") else "alembic_version"
    )
    command.upgrade(config, "head")


def main() -> None:
    """The command."""
    admin = os.environ.get("ADMIN_DATABASE_URL")
    urls = {service: os.environ.get(f"{service.upper()}_DATABASE_URL", "") for service in SERVICES}
    missing = [] if admin else ["ADMIN_DATABASE_URL"]
    missing += [f"{service.upper()}_DATABASE_URL" for service, url in urls.items() if not url]
    if missing or not admin:
        print(f"Cannot migrate: {', '.join(missing)} missing.", file=sys.stderr)  # noqa: T201
        raise SystemExit(78)
    try:
        asyncio.run(migrate(admin, urls))
    except (OSError, asyncpg.PostgresError) as error:
        print(f"Cannot migrate: {type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
        raise SystemExit(1) from None
    print("Migrations: all schemas are at the code's state.")  # noqa: T201


if __name__ == "__main__":
    main()
