"""A service starts with a schema that fits its code, waits if it is older, and exits with a message
if it can never work.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from shared import migrate as migration
from shared.migrate import migrate
from shared.schema import (
    Part,
    SchemaOutdated,
    SchemaUnusable,
    look,
    number,
    parts_of,
    usable_from,
    wait_for_schema,
)
from shared.services import SERVICES
from shared.testing import Infrastructure, eventually


class Empty:
    """A separate database on the run's server, with the same roles."""

    def __init__(self, infrastructure: Infrastructure, name: Any) -> None:
        self.admin_url = infrastructure.admin_url.rpartition("/")[0] + f"/{name}"
        self.urls = {
            service: url.rpartition("/")[0] + f"/{name}"
            for service, url in infrastructure.service_urls.items()
        }

    async def execute(self, statement: Any) -> None:
        connection = await asyncpg.connect(self.admin_url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def pretend(self, revision: Any, oldest: str = "{}") -> None:
        """Sets booking's own migrations to `revision`, usable from `oldest`."""
        await self.execute(f"update booking.alembic_version set version_num = '{revision}'")
        await self.execute(f"comment on schema booking is '{oldest}'")


@pytest.fixture
async def database(infrastructure: Infrastructure) -> AsyncIterator[Any]:
    name = "schema_test"
    made = Empty(infrastructure, name)
    admin = await asyncpg.connect(infrastructure.admin_url)
    await admin.execute(f"create database {name}")
    yield made
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


@pytest.mark.parametrize("service", SERVICES)
def test_revisions_are_numbers_in_one_line_and_files_are_called_after_them(service: Any) -> None:
    for part in parts_of(service):
        config = Config()
        config.set_main_option("script_location", str(part.folder))
        script = ScriptDirectory.from_config(config)
        revisions = [one.revision for one in script.walk_revisions()]
        assert script.get_heads() == [part.newest]
        assert sorted(revisions, reverse=True) == revisions
        for one in script.walk_revisions():
            assert re.fullmatch(r"\d{4}", number(one.revision))
            assert re.search(rf"/{number(one.revision)}_\w+\.py$", one.path)


async def test_without_migrations_a_service_waits_and_after_them_it_goes_on(database: Any) -> None:
    with pytest.raises(
        SchemaOutdated, match=r"booking \(shared\) is at revision none .* run the migrations"
    ):
        await look(database.urls["booking"], "booking")
    waiting = asyncio.create_task(wait_for_schema(database.urls["booking"], "booking", every=0.05))
    await migrate(database.admin_url, database.urls)
    await asyncio.wait_for(waiting, 20)


class Log:
    """Replaces the logger and records its messages."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def warning(self, event: Any, *, reason: str = "", **_: Any) -> None:
        self.reasons.append(reason)

    async def has(self, words: Any) -> None:
        async def said() -> Any:
            return any(words in reason for reason in self.reasons)

        await eventually(said)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Any:
    made = Log()
    monkeypatch.setattr("shared.schema.log", made)
    return made


@contextlib.asynccontextmanager
async def waiting_for(url: Any) -> AsyncIterator[Any]:
    """A service that waits for its schema within the block."""
    task = asyncio.create_task(wait_for_schema(url, "booking", every=0.02))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_older_schema_is_awaited_and_said_once(database: Any, log: Any) -> None:
    await migrate(database.admin_url, database.urls)
    await database.pretend("0000")
    async with waiting_for(database.urls["booking"]) as waiting:
        await log.has("0000")
        assert not waiting.done()
        await database.pretend(parts_of("booking")[1].newest)
        await asyncio.wait_for(waiting, 20)
    assert [reason for reason in log.reasons if "run the migrations" in reason] == log.reasons
    assert len(log.reasons) == 1


async def test_newer_schema_serves_old_code_until_it_says_otherwise(database: Any) -> None:
    await migrate(database.admin_url, database.urls)
    await database.pretend("9000")
    await look(database.urls["booking"], "booking")
    await migrate(database.admin_url, database.urls)  # of an older version: leaves it as it is
    await look(database.urls["booking"], "booking")
    await database.pretend("9000", '{"booking": "8000"}')
    for attempt in (
        look(database.urls["booking"], "booking"),
        migrate(database.admin_url, database.urls),
    ):
        with pytest.raises(
            SchemaUnusable, match="at revision 9000, which code of revision 8000 and later can use"
        ):
            await attempt


async def test_migration_says_from_which_code_on_it_can_be_used(
    database: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrate(database.admin_url, database.urls)
    versions = tmp_path / "versions"
    versions.mkdir()
    (tmp_path / "env.py").write_text("from shared.migrations_env import run\n\nrun()\n")
    for revision, previous, more in (
        ("0001", None, ""),
        ("0002", "0001", "usable_from = '0002'\n"),
    ):
        text = (
            f"revision = {revision!r}\ndown_revision = {previous!r}\n{more}\n\ndef upgrade():\n "
            "   pass\n"
        )
        (versions / f"{revision}_step.py").write_text(text)
    part = Part("extra", tmp_path, "alembic_version_extra")
    monkeypatch.setattr(migration, "parts_of", lambda service: (*parts_of(service), part))
    await migrate(database.admin_url, database.urls)
    connection = await asyncpg.connect(database.urls["booking"])
    assert (await usable_from(connection, "booking"))["extra"] == "0002"
    await connection.close()


async def test_refused_login_is_final_and_keeps_its_secret(database: Any) -> None:
    await migrate(database.admin_url, database.urls)
    place = database.admin_url.rpartition("@")[2]
    missing = place.rpartition("/")[0] + "/no_such_database"
    wrong = {
        f"postgresql://booking:guessed@{place}": "password authentication failed",
        database.urls["booking"].replace(place, missing): "does not exist",
        database.urls["payments"]: "permission denied",
    }
    for url, words in wrong.items():
        with pytest.raises(SchemaUnusable, match=f"^DATABASE_URL: .*{words}") as caught:
            await look(url, "booking")
        assert "guessed" not in str(caught.value)


async def test_start_waits_for_an_unavailable_database(log: Any) -> None:
    async with waiting_for("postgresql://u:secret@127.0.0.1:1/x") as waiting:
        await log.has("the database is unavailable (ConnectionRefusedError)")
        assert not waiting.done()
    assert "secret" not in " ".join(log.reasons)
