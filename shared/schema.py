"""Whether a schema fits this code: asked by every service before it listens, so that nothing
half-started answers.

A schema is at a revision (alembic's table says which), the code wants the newest one that it brings
along. Older: the migrations have not run yet, or are running, and the service waits. Newer is the
ordinary case of an upgrade with several replicas: the migrations run first, and old replicas, which
may be started again meanwhile, work with the new schema until they are replaced. A migration that
makes this impossible says `usable_from = "0004"`: the oldest code (by its own newest revision) that
can go on. The schema's comment keeps that, as code cannot know the revisions that come after it.
(Decision 0010.)
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
# Somebody must change something first; whatever else goes wrong on the way to the database passes
# by itself.
FATAL = (
    asyncpg.InvalidAuthorizationSpecificationError,  # a wrong password among them
    asyncpg.InvalidCatalogNameError,  # no such database
    asyncpg.InsufficientPrivilegeError,  # another service's role
)


class Unusable(Exception):
    """This code can never work with that database as it is; the text says why, in one line and
    without a secret.
    """


class Older(Exception):
    """The migrations have not come to this code's state yet; the text says which."""


class Part(msgspec.Struct, frozen=True):
    """One line of migrations in a schema: what all services have in common, or what is this one's
    own.
    """

    name: str
    folder: Path
    version_table: str

    @property
    def newest(self) -> str | None:
        """The newest revision that this code brings along. Files are called after its number:
        alembic's own way of finding it would cost a tenth of a second at every start.
        """
        files = sorted(self.folder.glob("versions/[0-9]*_*.py"))
        found = REVISION.search(files[-1].read_text()) if files else None
        return found[1] if found else None


def number(revision: str) -> str:
    """The part of a revision by which it is compared: "0001" of "directory_0001"."""
    return revision.rpartition("_")[2]


def parts_of(service: str) -> tuple[Part, ...]:
    """The migrations of that service's schema, in the order in which they are run."""
    return (
        Part("shared", ROOT / "shared/migrations", "alembic_version_shared"),
        Part(service, ROOT / "services" / service / "migrations", "alembic_version"),
    )


async def revision_of(connection: asyncpg.Connection, schema: str, part: Part) -> str | None:
    """The revision at which the schema is, None before the first."""
    table = f'"{schema}".{part.version_table}'
    if await connection.fetchval("select to_regclass($1)", table) is None:
        return None
    # one of two tables of ours
    statement = f"select version_num from {table}"  # noqa: S608  # nosec B608
    revision: str | None = await connection.fetchval(statement)
    return revision


async def usable_from(connection: asyncpg.Connection, schema: str) -> dict[str, str]:
    """For each part the oldest code that can work with the schema as it is; nothing is said where
    all can.
    """
    comment = await connection.fetchval(
        "select obj_description(oid, 'pg_namespace') from pg_namespace where nspname = $1", schema
    )
    return msgspec.json.decode(comment, type=dict[str, str]) if comment else {}


def judge(schema: str, part: Part, found: str | None, oldest: dict[str, str]) -> None:
    """Whether this code fits a schema whose `part` is at revision `found`. Raises Older or
    Unusable.
    """
    wanted = part.newest
    if wanted is None or found == wanted:
        return
    if found is None or number(found) < number(wanted):
        raise Older(
            f"the schema {schema} ({part.name}) is at revision {found or 'none'} and this code"
            f" needs {wanted}:"
            " run the migrations (python -m shared.migrate)"
        )
    if number(wanted) < number(oldest.get(part.name, "")):
        raise Unusable(
            f"the schema {schema} ({part.name}) is at revision {found}, which code of revision"
            f" {oldest[part.name]} and later"
            f" can use, and this code is of {wanted}: start a newer version"
        )
    log.warning("newer schema", schema=schema, part=part.name, found=found, known=wanted)


async def check(connection: asyncpg.Connection, service: str) -> None:
    """Raises Older or Unusable when the service's schema is not one for this code."""
    oldest = await usable_from(connection, service)
    for part in parts_of(service):
        judge(service, part, await revision_of(connection, service, part), oldest)


async def look(url: str, service: str) -> None:
    """One look at the database. Raises what `check` raises, Unusable for a login that is refused,
    OSError or PostgresError.
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
        raise Unusable(f"DATABASE_URL: {error}") from None


async def wait_for_schema(url: str, service: str, *, every: float = 1.0) -> None:
    """Returns when database and schema are there, however long that takes; says now and then what
    is awaited. Raises Unusable.
    """
    loop = asyncio.get_running_loop()
    said, at = "", 0.0
    while True:
        try:
            await look(url, service)
        except Older as error:
            reason = str(error)
        except (
            OSError,
            asyncpg.PostgresError,
            asyncpg.InterfaceError,
        ) as error:  # TimeoutError is an OSError
            reason = f"the database is away ({type(error).__name__})"
        else:
            return
        if reason != said or loop.time() - at > REMIND_SECONDS:
            log.warning("waiting", reason=reason)
            said, at = reason, loop.time()
        await asyncio.sleep(every)
