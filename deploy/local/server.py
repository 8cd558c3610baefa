"""The common part of PostgreSQL, RabbitMQ and coturn: a folder, a command, and a process to start,
await and stop.
"""

import os
import pathlib
import secrets
import signal
import subprocess
import time
from typing import ClassVar, NamedTuple, Self

from deploy.local import account


class Command(NamedTuple):
    """How to run a server: arguments, the complete environment, and the user."""

    arguments: list[str]
    environment: dict[str, str]
    user: account.Account | None

    def replace_this_process(self) -> None:
        """Replace this process with the server, so that its pid is the one known to the
        supervisor.
        """
        os.chdir("/")
        if self.user:
            self.user.become()
        os.execve(self.arguments[0], self.arguments, self.environment)  # noqa: S606

    def spawn(self, log: pathlib.Path) -> subprocess.Popen[bytes]:
        """Start it as a child that writes to `log`, in its own session, so that it does not receive
        Ctrl-C.
        """
        with log.open("ab") as output:
            return subprocess.Popen(
                self.arguments,
                env=self.environment,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                user=self.user and self.user.uid,
                group=self.user and self.user.gid,
                extra_groups=None if self.user is None else [],
            )


class Server:
    """A server with its data in one folder. Nothing happens before `start` or `prepare`."""

    name: ClassVar[str]
    patience: ClassVar[float]
    """Seconds until a server that isn't ready counts as failed."""
    ending: ClassVar[signal.Signals] = signal.SIGINT

    def __init__(self, data_dir: pathlib.Path | str, password: str | None) -> None:
        self.data_dir = pathlib.Path(data_dir).absolute()
        self.process: subprocess.Popen[bytes] | None = None
        self._password = password

    @property
    def password(self) -> str:
        """The administrator's password: the one given, otherwise one generated once and stored with
        the data.
        """
        if self._password is None:
            kept = self.folder() / "password"
            if not kept.exists():
                kept.touch(mode=0o600)
                kept.write_text(secrets.token_urlsafe(24))
            self._password = kept.read_text()
        return self._password

    def folder(self) -> pathlib.Path:
        """The real data folder, created and owned by the user that runs the server."""
        return account.folder_at(self.data_dir)

    @property
    def log(self) -> pathlib.Path:
        """Where the server's output goes."""
        return self.data_dir.with_name(self.data_dir.name + ".log")

    def prepare(self) -> None:
        """Prepare whatever the server needs before it starts."""
        raise NotImplementedError

    def command(self) -> Command:
        """The command that runs the server."""
        raise NotImplementedError

    def is_ready(self) -> bool:
        """Whether the server can be used."""
        raise NotImplementedError

    def start(self) -> Self:
        """Run it as a child; returns when it is ready. Raises RuntimeError with the end of
        its log.
        """
        self.prepare()
        self.process = self.command().spawn(self.log)
        limit = time.monotonic() + self.patience
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > limit:
                self.stop()
                end = "\n".join(self.log.read_text(errors="replace").splitlines()[-10:])
                raise RuntimeError(f"{self.name} did not start; the end of {self.log}:\n{end}")
            time.sleep(0.1)
        return self

    def stop(self, *, delete: bool = False) -> None:
        """Stop it gracefully, and kill it after 20 seconds; `delete` also removes its data
        and log.
        """
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.ending)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        if delete:
            account.remove(self.data_dir)
            self.log.unlink(missing_ok=True)
