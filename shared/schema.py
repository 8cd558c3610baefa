"""Checks whether a schema fits this code. Every service does so before it listens, so that no
service responds before it can work.

A schema is at a revision (recorded in alembic's table), and the code requires the newest revision
that it contains. Older schema: the migrations have not run yet, or are running, and the
service waits. A newer schema is normal during an upgrade with several replicas: the migrations run
first, and old replicas, which may restart in the meantime, work with the new schema until they are
replaced. A migration that makes this impossible declares `usable_from = "0004"`: the oldest code
(identified by its newest revision) that can still use the schema. It is stored in the schema's
comment, because code cannot know later revisions (decision 0011).
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import asyncpg
import msgspec

from shared.telemetry import log

ROOT = Path(__file__).resolve().parent.parent
REVISION = re.compile(r"""^revision\b[^=]*=\s*["'](\w+)["']""", re.MULTILINE)
REMIND_SECONDS = 30.0
# Errors that require an operator; all other errors on the way to the database are temporary.
FATAL = (
    asyncpg.InvalidAuthorizationSpecificationError,  # including a wrong password
    asyncpg.InvalidCatalogNameError,  # no such database
    asyncpg.InsufficientPrivilegeError,  # the role of another service
)


class SchemaUnusable(Exception):
    """This code cannot work with the database in its present state; the text gives the reason, in
    one line and without secrets.
    """


class SchemaOutdated(Exception):
    """The migrations required by this code have not run yet; the text names them."""


class Part(msgspec.Struct, frozen=True):
    """One chain of migrations in a schema: either those common to all services, or the service's
    own.
    """

    name: str
    folder: Path
    version_table: str

    @property
    def newest(self) -> str | None:
        """The newest revision in this code. Files are named after their number: alembic's own
        look-up would cost a tenth of a second at every start.
        """
        files = sorted(self.folder.glob("versions/[0-9]*_*.py"))
        found = REVISION.search(files[-1].read_text()) if files else None
        return found[1] if found else None


def number(revision: str) -> str:
    """The part of a revision used for comparison: "0001" of "directory_0001"."""
    return revision.rpartition("_")[2]


def parts_of(service: str) -> tuple[Part, ...]:
    """The migrations of that service's schema, in the order in which they run."""
    return (
        Part("shared", ROOT / "shared/migrations", "alembic_version_shared"),
        Part(service, ROOT / "services" / service / "migrations", "alembic_version"),
    )


async def revision_of(connection: asyncpg.Connection, schema: str, part: Part) -> str | None:
    """The current revision of the schema; None before the first migration."""
    table = f'"{schema}".{part.version_table}'
    if await connection.fetchval("select to_regclass($1)", table) is None:
        return None
    # one of our two tables
    statement = f"select version_num from {table}"  # noqa: S608  # nosec B608
    revision: str | None = await connection.fetchval(statement)
    return revision


async def usable_from(connection: asyncpg.Connection, schema: str) -> dict[str, str]:
    """For each part, the oldest code that can work with the current schema; parts without a
    restriction are absent.
    """
    comment = await connection.fetchval(
        "select obj_description(oid, 'pg_namespace') from pg_namespace where nspname = $1", schema
    )
    return msgspec.json.decode(comment, type=dict[str, str]) if comment else {}


def check_revision(schema: str, part: Part, found: str | None, oldest: dict[str, str]) -> None:
    """Checks this code against a schema whose `part` is at revision `found`. Raises SchemaOutdated
    or SchemaUnusable.
    """
    wanted = part.newest
    if wanted is None or found == wanted:
        return
    if found is None or number(found) < number(wanted):
        raise SchemaOutdated(
            f"the schema {schema} ({part.name}) is at revision {found or 'none'} and this code"
            f" needs {wanted}:"
            " run the migrations (python -m shared.migrate)"
        )
    if number(wanted) < number(oldest.get(part.name, "")):
        raise SchemaUnusable(
            f"the schema {schema} ({part.name}) is at revision {found}, which code of revision"
            f" {oldest[part.name]} and later"
            f" can use, and this code is of {wanted}: start a newer version"
        )
    log.warning("newer schema", schema=schema, part=part.name, found=found, known=wanted)


async def check(connection: asyncpg.Connection, service: str) -> None:
    """Raises SchemaOutdated or SchemaUnusable if the service's schema does not fit this code."""
    oldest = await usable_from(connection, service)
    for part in parts_of(service):
        check_revision(service, part, await revision_of(connection, service, part), oldest)


async def look(url: str, service: str) -> None:
    """Checks the database once. Raises the errors of `check`, SchemaUnusable if the login is
    rejected, OSError or PostgresError.
    """
    try:
        connection = await asyncpg.connect(
            url, timeout=5, server_settings={"application_name": f"{service}-start"}
        )
        try:
            await check(connection, service)
        finally:
            await connection.close(timeout=5)
    except FATAL as error:
        raise SchemaUnusable(f"DATABASE_URL: {error}") from None


async def wait_for_schema(url: str, service: str, *, every: float = 1.0) -> None:
    """Returns when database and schema are ready, however long that takes; logs from time to time
    what it is waiting for. Raises SchemaUnusable.
    """
    loop = asyncio.get_running_loop()
    logged, at = "", 0.0
    while True:
        try:
            await look(url, service)
        except SchemaOutdated as error:
            reason = str(error)
        except (
            OSError,
            asyncpg.PostgresError,
            asyncpg.InterfaceError,
        ) as error:  # TimeoutError is an OSError
            reason = f"the database is unavailable ({type(error).__name__})"
        else:
            return
        if reason != logged or loop.time() - at > REMIND_SECONDS:
            log.warning("waiting", reason=reason)
            logged, at = reason, loop.time()
        await asyncio.sleep(every)
