"""supervisord, which keeps a stack's programs running: if one exits, it is restarted within a
second.

A program counts as running from its start (`startsecs=0`), so supervisord never gives up on it,
however long its database is unavailable; `launch` slows down programs that exit at once.
"""

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

HEAD = """\
[supervisord]
nodaemon = true
silent = true
logfile = {log}/supervisord.log
logfile_maxbytes = 5MB
logfile_backups = 1
pidfile = {data}/supervisord.pid
{user}
[unix_http_server]
file = {socket}
chmod = 0700

[supervisorctl]
serverurl = unix://{socket}

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""

PROGRAM = """
[program:{name}]
command = "{python}" -m deploy.local.launch {name} "{data}"
directory = {root}
autostart = false
autorestart = true
startsecs = 0
startretries = 1000000
stopsignal = {signal}
stopwaitsecs = 20
killasgroup = true
redirect_stderr = true
stdout_logfile = {log}/{name}.log
stdout_logfile_maxbytes = 20MB
stdout_logfile_backups = 1
"""


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
        configuration.write_text(self._configuration(names))
        environment = {**os.environ, processes.MARK: str(self.data)}
        with (self.logs / "supervisord.out").open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "supervisor.supervisord", "-c", str(configuration)],
                cwd=ROOT,
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

    def _configuration(self, names: Iterable[str]) -> str:
        user = "user = root\n" if os.geteuid() == 0 else ""
        places = {
            "data": _escaped(self.data),
            "log": _escaped(self.logs),
            "socket": _escaped(self.socket),
        }
        programs = [
            PROGRAM.format(
                name=name,
                python=_escaped(sys.executable),
                root=_escaped(ROOT),
                signal="INT"
                if name == "postgres"
                else "TERM",  # "fast" shutdown: no waiting for clients
                **places,
            )
            for name in names
        ]
        return HEAD.format(user=user, **places) + "".join(programs)

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


def _escaped(path: object) -> str:
    """supervisord expands `%(name)s` in values."""
    return str(path).replace("%", "%%")
