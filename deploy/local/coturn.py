"""coturn, a real TURN server, for `make up TURN=1`: relays calls when no direct connection is
possible.

It listens on the loopback interface only and relays between loopback addresses, which a public
server must never do: this configuration is for development. `docker-compose.yml` has one for
production.
"""

import os
import pathlib
import secrets
import shutil
import socket
import textwrap
from typing import ClassVar

from deploy.local import account, ports
from deploy.local.server import Command, Server

RELAY_PORTS = 200  # maximum number of relayed streams
REALM = "consultant-connect"
# RFC 8489: a binding request, to which every TURN server responds without credentials.
BINDING_REQUEST = bytes.fromhex("000100002112a442")


def urls_of(port: int) -> str:
    """The value of TURN_URLS: UDP, and TCP for networks that block UDP."""
    address = f"turn:127.0.0.1:{port}"
    return f"{address}?transport=udp,{address}?transport=tcp"


def installed() -> pathlib.Path | None:
    """coturn's server program, if it is installed."""
    found = shutil.which("turnserver")
    return pathlib.Path(found) if found else None


class Coturn(Server):
    """A TURN server on loopback; `password` is the secret of its REST credentials."""

    name = "coturn"
    patience: ClassVar[float] = 15.0

    def __init__(
        self,
        data_dir: pathlib.Path | str,
        port: int | None = None,
        *,
        password: str | None = None,
    ) -> None:
        super().__init__(data_dir, password)
        self.port = port or ports.find_free()

    def prepare(self) -> None:
        """Write the server's configuration. Raises RuntimeError when coturn isn't installed."""
        if installed() is None:
            raise RuntimeError("coturn is not installed (Debian, Ubuntu: apt-get install coturn)")
        folder, user = self.folder(), account.server_user()
        configuration = folder / "turnserver.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(self._settings())
        if user is not None:
            shutil.chown(configuration, user.uid, user.gid)

    def _settings(self) -> str:
        folder = self.folder()
        return textwrap.dedent(f"""\
            listening-ip=127.0.0.1
            relay-ip=127.0.0.1
            listening-port={self.port}
            min-port=61000
            max-port={61000 + RELAY_PORTS - 1}
            realm={REALM}
            use-auth-secret
            static-auth-secret={self.password}
            allow-loopback-peers
            no-tls
            no-dtls
            no-cli
            no-software-attribute
            fingerprint
            log-file=stdout
            simple-log
            userdb={folder / "turndb"}
            pidfile={folder / "turnserver.pid"}
            """)

    def command(self) -> Command:
        """The command that runs the server."""
        program = installed()
        if program is None:
            raise RuntimeError("coturn is not installed")
        return Command(
            [str(program), "-c", str(self.folder() / "turnserver.conf")],
            {**os.environ, "LC_ALL": "C.UTF-8"},
            account.server_user(),
        )

    def is_ready(self) -> bool:
        """Whether the server responds to a binding request."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.settimeout(0.5)
            request = BINDING_REQUEST + secrets.token_bytes(12)
            try:
                probe.sendto(request, ("127.0.0.1", self.port))
                answer = probe.recv(1500)
            except OSError:
                return False
        return answer[8:20] == request[8:20]
