"""`python -m shared.migrate`: creates or upgrades the roles, schemas and tables of all services.
Safe to run twice, and concurrently.

Reads ADMIN_DATABASE_URL (a role that may create roles and schemas) and each service's own URL
(IDENTITY_DATABASE_URL …), which provides its role and password. The administrator owns the tables;
a service's role may read and write rows of its own schema, cannot access any other schema, and
cannot alter tables.
"""

from __future__ import annotations

import asyncio
import os
import sys
from urllib.parse import unquote, urlsplit

import asyncpg
import msgspec
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from shared.schema import (
    Part,
    SchemaOutdated,
    SchemaUnusable,
    check_revision,
    number,
    parts_of,
    revision_of,
    usable_from,
)
from shared.services import SERVICES

EXTENSIONS = ("btree_gist", "citext", "pg_trgm", "unaccent")
LOCK = 4_207_201_122  # the advisory lock of this project's migrations
LOCK_TIMEOUT = "5s"
TRIES = 5


async def migrate(admin_url: str, service_urls: dict[str, str]) -> None:
    """Creates what is missing and upgrades every schema to its newest revision. `service_urls` maps
    each service to its login URL.
    """
    connection = await asyncpg.connect(admin_url, timeout=10)
    try:
        # A second process waits here and then finds nothing to do.
        await connection.execute("select pg_advisory_lock($1)", LOCK)
        await _prepare(connection, service_urls)
        for service in service_urls:
            await _upgrade_schema(connection, admin_url, service)
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


async def _make_schema(
    connection: asyncpg.Connection, schema: str, role: str, database: str
) -> None:
    name, who = _quoted(schema), _quoted(role)
    # At once: a service waiting for its schema must not see it before it has its privileges.
    async with connection.transaction():
        for statement in (
            f"create schema if not exists {name}",
            f"revoke all on schema {name} from public",
            f"grant usage on schema {name} to {who}",
            f"alter role {who} in database {_quoted(database)} set search_path = {name}, public",
            f"alter default privileges in schema {name}"
            f" grant select, insert, update, delete on tables to {who}",
            f"alter default privileges in schema {name} grant usage on sequences to {who}",
        ):
            await connection.execute(statement)


async def _upgrade_schema(connection: asyncpg.Connection, admin_url: str, schema: str) -> None:
    """Raises SchemaUnusable if the schema is newer and this code cannot work with it; a newer,
    usable schema is left unchanged.
    """
    oldest = await usable_from(connection, schema)
    for part in parts_of(schema):
        found = await revision_of(connection, schema, part)
        try:
            check_revision(schema, part, found, oldest)
        except SchemaOutdated:
            await asyncio.to_thread(_upgrade, admin_url, schema, part)
        if part.newest is not None and number(found or "") <= number(part.newest):
            oldest |= _usable_from(part)
    comment = await connection.fetchval(
        "select quote_literal($1::text)", msgspec.json.encode(oldest).decode()
    )
    await connection.execute(f"comment on schema {_quoted(schema)} is {comment}")


def _usable_from(part: Part) -> dict[str, str]:
    """The `usable_from` declarations of the migrations."""
    revisions = ScriptDirectory.from_config(_configuration(part)).walk_revisions()
    declared = [
        str(one.module.usable_from) for one in revisions if hasattr(one.module, "usable_from")
    ]
    return {part.name: max(declared)} if declared else {}


def _configuration(part: Part) -> Config:
    config = Config()
    config.set_main_option("script_location", str(part.folder))
    return config


def _upgrade(admin_url: str, schema: str, part: Part) -> None:
    asyncio.run(
        _upgrade_in_new_loop(admin_url, schema, part)
    )  # alembic is synchronous, so it runs outside the loop that holds the lock


async def _upgrade_in_new_loop(admin_url: str, schema: str, part: Part) -> None:
    url = admin_url.replace("postgresql://", "postgresql+asyncpg://", 1)
    engine = create_async_engine(
        url, connect_args={"server_settings": {"lock_timeout": LOCK_TIMEOUT}}
    )
    try:
        for attempt in range(1, TRIES + 1):
            try:
                async with engine.begin() as connection:
                    await connection.run_sync(_run_alembic, schema, part)
                return
            except Exception as error:
                # While we wait for a lock, later queries queue behind us. After lock_timeout give
                # up, and try again.
                if "LockNotAvailable" not in repr(error) or attempt == TRIES:
                    raise
                await asyncio.sleep(attempt)
    finally:
        await engine.dispose()


def _run_alembic(connection: Connection, schema: str, part: Part) -> None:
    connection.execute(text(f"set local search_path = {_quoted(schema)}, public"))
    config = _configuration(part)
    config.attributes["connection"] = connection
    config.attributes["schema"] = schema
    config.attributes["version_table"] = part.version_table
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
    except (
        OSError,
        ValueError,
        SchemaUnusable,
        asyncpg.PostgresError,
        SQLAlchemyError,
        CommandError,
    ) as error:
        reason = " ".join(str(error).splitlines()[:1])
        print(f"Cannot migrate: {type(error).__name__}: {reason}", file=sys.stderr)  # noqa: T201
        raise SystemExit(1) from None
    print("Migrations: all schemas are up to date.")  # noqa: T201


if __name__ == "__main__":
    main()
