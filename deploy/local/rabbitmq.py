"""A private RabbitMQ node, run by the installed `rabbitmq-server`; the system's own node is not
affected.

It also has its own Erlang port mapper (epmd), so every stack can use the same node name and stop
its mapper.
"""

import os
import pathlib
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import textwrap
from typing import ClassVar
from urllib.parse import quote, urlsplit

from deploy.local import account, ports
from deploy.local.server import Command, Server

NODE = "consultant-connect@localhost"
USER = "consultant-connect"
# Debian's /usr/sbin/rabbitmq-server requires root or "rabbitmq"; the script it wraps does not.
SCRIPTS = ("/usr/lib/rabbitmq/bin/rabbitmq-server", "/opt/homebrew/sbin/rabbitmq-server")
# Two schedulers are enough for development, and idle ones must sleep rather than spin.
ERLANG = (
    "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}"
)
HEADER = b"AMQP\x00\x00\x09\x01"


def installed() -> pathlib.Path | None:
    """The script that runs a node, if RabbitMQ is installed."""
    found = shutil.which(
        "rabbitmq-server", path=f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin"
    )
    candidates = [*SCRIPTS, *([found] if found else [])]
    return next((path for path in map(pathlib.Path, candidates) if path.exists()), None)


class RabbitMQ(Server):
    """A node with its data in `data_dir`. Ports that are not given are chosen.

    The user is created at the first start, with `password` (or a generated and stored one), which
    cannot be changed later.
    """

    name = "RabbitMQ"
    patience = 60.0
    ending: ClassVar[signal.Signals] = signal.SIGTERM

    def __init__(
        self,
        data_dir: pathlib.Path | str,
        port: int | None = None,
        *,
        password: str | None = None,
        distribution_port: int | None = None,
        epmd_port: int | None = None,
    ) -> None:
        super().__init__(data_dir, password)
        self.port = port or ports.find_free()
        self.distribution_port = distribution_port or ports.find_free([self.port])
        self.epmd_port = epmd_port or ports.find_free([self.port, self.distribution_port])

    @property
    def url(self) -> str:
        """The URL for clients."""
        return url_of(self.port, self.password)

    def prepare(self) -> None:
        """Write the node's configuration. Raises RuntimeError if RabbitMQ is not installed."""
        if installed() is None:
            raise RuntimeError("rabbitmq-server is not installed")
        folder, user = self.folder(), account.server_user()
        for name, text in {"rabbitmq.conf": self._settings(), "enabled_plugins": "[].\n"}.items():
            _write(folder / name, text, user)
        cookie = folder / ".erlang.cookie"
        if not cookie.exists():
            _write(cookie, secrets.token_hex(16), user, mode=0o400)

    def _settings(self) -> str:
        return textwrap.dedent(f"""\
            listeners.tcp.1 = 127.0.0.1:{self.port}
            default_user = {USER}
            default_pass = {self.password}
            log.file = false
            log.console = true
            log.console.level = warning
            cluster_name = consultant-connect
            # A consumer that holds a message for long is one that waits for its database: let it.
            consumer_timeout = 86400000
            # The disk is the developer's: the default alarm (50 MB left) is enough.
            vm_memory_high_watermark.relative = 0.4
            """)

    def command(self) -> Command:
        """The command that runs the node."""
        script, folder = installed(), self.folder()
        if script is None:
            raise RuntimeError("rabbitmq-server is not installed")
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith("RABBITMQ_")
        }
        settings = {
            "HOME": str(folder),  # where Erlang looks for its cookie
            "LC_ALL": "C.UTF-8",
            "ERL_EPMD_PORT": str(self.epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": NODE,
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self.distribution_port),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none.conf"),  # not the system's /etc/rabbitmq
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_MNESIA_DIR": str(folder / "mnesia" / "node"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ERLANG,
            "RUNNING_UNDER_SYSTEMD": "true",  # the script execs the node: same pid
        }
        return Command([str(script)], {**kept, **settings}, account.server_user())

    def control(self, *arguments: str) -> None:
        """Run `rabbitmqctl` on the node. Raises CalledProcessError."""
        server = self.command()
        subprocess.run(
            [str(pathlib.Path(server.arguments[0]).with_name("rabbitmqctl")), *arguments],
            env=server.environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            user=server.user and server.user.uid,
            group=server.user and server.user.gid,
            extra_groups=None if server.user is None else [],
            timeout=60,
            check=True,
        )

    def is_ready(self) -> bool:
        """Whether the broker accepts connections."""
        return is_ready(self.port)

    def stop(self, *, delete: bool = False) -> None:
        """Stop the node and its port mapper; `delete` removes its data."""
        super().stop(delete=delete)
        end_epmd(self.epmd_port)


def url_of(port: int, password: str) -> str:
    """The URL of a node on this machine."""
    return f"amqp://{USER}:{quote(password, safe='')}@127.0.0.1:{port}/"


def address_of(url: str) -> tuple[int, str]:
    """Port and host of a broker's URL."""
    parts = urlsplit(url)
    return parts.port or (5671 if parts.scheme == "amqps" else 5672), parts.hostname or "127.0.0.1"


def is_ready(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a broker there starts the AMQP handshake (its users exist by then)."""
    try:
        with socket.create_connection((host, port), timeout=2) as connection:
            connection.sendall(HEADER)
            return connection.recv(1) == b"\x01"  # a method frame: Connection.Start
    except OSError:
        return False


def end_epmd(port: int) -> None:
    """Ask the port mapper to stop, which it does if no node uses it. Does nothing if there
    is none.
    """
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            # KILL_REQ of Erlang's distribution protocol
            connection.sendall(struct.pack(">H", 1) + b"k")
            connection.recv(2)
    except OSError:
        return


def _write(path: pathlib.Path, text: str, user: account.Account | None, mode: int = 0o600) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)
    path.chmod(mode)
    if user:
        os.chown(path, user.uid, user.gid)
