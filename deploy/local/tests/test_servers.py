import os
import pathlib
import signal
import subprocess
import time
from collections.abc import Iterator

import asyncpg
import pytest
import yaml

from deploy.local import account, postgres, processes
from deploy.local.postgres import Postgres
from deploy.local.settings import ROOT
from deploy.local.tests.standins import until


@pytest.fixture
def database(tmp_path: pathlib.Path) -> Iterator[Postgres]:
    server = Postgres(tmp_path / "postgres").start()
    yield server
    server.stop(delete=True)


def test_postgres_asks_for_its_password(database: Postgres) -> None:
    assert postgres.query(database.url, "show fsync") == "on"
    assert postgres.query(database.url, "show max_connections") == "200"
    with pytest.raises(RuntimeError, match="password"):
        postgres.query(database.url_of("postgres", password="wrong"), "select 1")


async def test_postgres_logs_slow_and_refused_statements_without_what_they_were_about(
    tmp_path: pathlib.Path,
) -> None:
    server = Postgres(
        tmp_path / "postgres", options={"log_min_duration_statement": "0"}, password="open sesame"
    ).start()
    try:
        connection = await asyncpg.connect(server.url)
        await connection.execute("create table people (address text unique)")
        insert = "insert into people values ($1)"
        await connection.execute(insert, "ada@example.org")
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute(insert, "ada@example.org")
        await connection.close()
        log = server.log.read_text()
    finally:
        server.stop(delete=True)
    assert insert in log and "duplicate key value" in log
    assert "ada@example.org" not in log


def test_postgres_in_a_container_is_as_discreet() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    command = compose["services"]["postgres"]["command"]
    for name, value in postgres.LOG_NO_DATA.items():
        assert f"{name}={value}" in command


def test_postgres_with_files_out_of_its_users_reach(database: Postgres) -> None:
    """pytest's folders are closed to other users: under root the server's data must be elsewhere,
    otherwise not.
    """
    assert (database.folder() == database.data_dir) == (os.geteuid() != 0)
    assert account.reaches(account.server_user(), database.folder() / "cluster")


def test_postgres_starts_again_while_a_killed_ones_backends_are_busy(database: Postgres) -> None:
    database.create_database("kept")
    database.create_database("kept")
    # for hours, without checking its postmaster
    query = "select count(*) from generate_series(1, 1e10)"
    busy = subprocess.Popen(
        [str(postgres.binaries() / "psql"), "-d", database.url_of("kept"), "-c", query],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    active = (
        "select count(*) from pg_stat_activity where query like 'select count(*) from "
        "generate_series%'"
    )
    until(lambda: postgres.query(database.url, active) == "1")
    assert database.process is not None
    database.process.send_signal(signal.SIGKILL)
    database.process.wait()
    until(lambda: 0 < len(processes.working_in(database.folder() / "cluster")) < 3)
    database.start()
    assert "kept" in postgres.query(database.url, "select datname from pg_database").splitlines()
    assert busy.wait(10) != 0


def test_postgres_ignores_a_lock_file_whose_pid_is_a_strangers(database: Postgres) -> None:
    database.stop()
    lock = database.folder() / "cluster" / "postmaster.pid"
    lock.write_text(
        f"{os.getppid()}\n{lock.parent}\n{int(time.time())}\n{database.port}\n\n127.0.0.1\n"
    )
    database.start()
    assert database.is_ready()
