"""supervisord, which keeps a stack's programs running: if one exits, it is restarted within a
second.
"""

import configparser
import contextlib
import hashlib
import http.client
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import xmlrpc.client  # nosec B411 # our own supervisord's socket
from collections.abc import Iterable
from typing import Any, NamedTuple

from supervisor.xmlrpc import SupervisorTransport

from deploy.local import processes
from deploy.local.settings import ROOT

MAX_SOCKET_PATH_LENGTH = 100  # bytes; the systems' limits are 104 and 108
STOPPING = ("SIGINT", "SIGTERM")


class State(NamedTuple):
    """The state of one program: `pid` is None if it is not running, `since` the Unix time of its
    last start.
    """

    name: str
    state: str
    pid: int | None
    since: int


class Supervisor:
    """The supervisord of one data folder, which may or may not be running."""

    def __init__(self, data: pathlib.Path) -> None:
        self.data, self.logs = data, data / "log"
        self.socket = data / "supervisor.sock"
        if len(os.fsencode(self.socket)) > MAX_SOCKET_PATH_LENGTH:
            short = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
            self.socket = pathlib.Path(tempfile.gettempdir(), f"consultant-connect-{short}.sock")

    def log(self, name: str) -> pathlib.Path:
        """The log file of a program."""
        return self.logs / f"{name}.log"

    def start(self, names: Iterable[str]) -> None:
        """Start supervisord with these programs, none of which is started yet. Raises
        RuntimeError.
        """
        self.logs.mkdir(parents=True, exist_ok=True)
        configuration = self.data / "supervisord.conf"
        with configuration.open("w") as file:
            _configuration(names).write(file)
        environment = {
            **os.environ,
            processes.MARK: str(self.data),
            "CONSULTANT_CONNECT_SOCKET": str(self.socket),
            "CONSULTANT_CONNECT_PYTHON": sys.executable,
            "CONSULTANT_CONNECT_ROOT": str(ROOT),
        }
        with (self.logs / "supervisord.out").open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "supervisor.supervisord", "-c", str(configuration)],
                cwd=self.data,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is for `make up`, which stops everything
            )
        limit = time.monotonic() + 15
        while not self.is_running():
            if process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(f"supervisord did not start: see {output.name}")
            time.sleep(0.05)

    def _call(self, method: str, *arguments: object) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{self.socket}")
        proxy = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
        return getattr(proxy.supervisor, method)(*arguments)

    def is_running(self) -> bool:
        """Whether supervisord answers."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            return bool(self._call("getState")["statename"] in ("RUNNING", "SHUTDOWN"))
        return False

    def run(self, name: str) -> None:
        """Start a program; returns at once."""
        self._call("startProcess", name, False)

    def states(self) -> dict[str, State]:
        """The states of all programs; empty if supervisord is not running."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            listed = [State(p["name"], p["statename"].lower(), p["pid"] or None, p["start"])
                    for p in self._call("getAllProcessInfo")]  # fmt: skip
            return {state.name: state for state in listed}
        return {}

    def stop(self, names: Iterable[str]) -> None:
        """Stop these programs in parallel, and wait until all have exited."""
        wanted = set(names) & set(self.states())
        for name in wanted:
            with contextlib.suppress(xmlrpc.client.Fault):  # it is not running
                self._call("stopProcess", name, False)
        while any(state.pid for state in self.states().values() if state.name in wanted):
            time.sleep(0.05)

    def shutdown(self) -> None:
        """Stop supervisord and everything that it still runs."""
        with contextlib.suppress(OSError, http.client.HTTPException, xmlrpc.client.Fault):
            self._call("shutdown")
        limit = time.monotonic() + 30
        while self.is_running() and time.monotonic() < limit:
            time.sleep(0.05)


def _configuration(names: Iterable[str]) -> configparser.RawConfigParser:
    """supervisord.conf, with a section for each of these programs."""
    made = configparser.RawConfigParser()
    made.read(pathlib.Path(__file__).with_name("supervisord.conf"))
    every_program = dict(made["program:x"])
    made.remove_section("program:x")
    for name in names:
        made[f"program:{name}"] = every_program
    if "program:postgres" in made:
        made["program:postgres"]["stopsignal"] = "INT"  # "fast" shutdown: no waiting for clients
    if os.geteuid() == 0:
        made["supervisord"]["user"] = "root"  # or it warns that it runs as root
    return made
