"""RabbitMQ in a container: for machines where it cannot be installed, but docker or podman is
running.
"""

import hashlib
import os
import pathlib
import shutil
import subprocess

from deploy.local import ports, rabbitmq
from deploy.local.server import Command, Server

IMAGE = "docker.io/library/rabbitmq:4-management"


def engine() -> str | None:
    """The running container engine, if there is one."""
    for name in ("docker", "podman"):
        path = shutil.which(name)
        if path and _answers(path):
            return path
    return None


def _answers(path: str) -> bool:
    try:
        return subprocess.run([path, "info"], capture_output=True, timeout=10).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


class RabbitMQContainer(Server):
    """Like RabbitMQ, but the supervised process is the engine's client, which ends with the
    container.
    """

    name = "RabbitMQ (container)"
    patience = 180.0  # the image may have to be pulled

    def __init__(
        self, data_dir: pathlib.Path | str, port: int | None = None, *, password: str | None = None
    ) -> None:
        super().__init__(data_dir, password)
        self.port = port or ports.find_free()
        self.container = (
            "consultant-connect-" + hashlib.sha256(str(self.data_dir).encode()).hexdigest()[:12]
        )

    @property
    def url(self) -> str:
        """The URL for clients."""
        return rabbitmq.url_of(self.port, self.password)

    def prepare(self) -> None:
        """Remove a container that outlived its client. Raises RuntimeError if no engine is
        running.
        """
        subprocess.run([_engine(), "rm", "--force", self.container], capture_output=True)

    def command(self) -> Command:
        """The engine's command that runs the container in the foreground."""
        credentials = {
            "RABBITMQ_DEFAULT_USER": rabbitmq.USER,
            "RABBITMQ_DEFAULT_PASS": self.password,
        }
        volume = f"{self.container}:/var/lib/rabbitmq"
        arguments = [
            _engine(),
            "run",
            "--rm",
            "--name",
            self.container,
            "--hostname",
            "consultant-connect",
        ]
        arguments += ["--publish", f"127.0.0.1:{self.port}:5672", "--volume", volume]
        for name in credentials:
            arguments += [
                "--env",
                name,
            ]  # the values are passed in the environment: arguments are visible to all users
        return Command([*arguments, IMAGE], {**os.environ, **credentials}, None)

    def is_ready(self) -> bool:
        """Whether the broker accepts connections."""
        return rabbitmq.is_ready(self.port)

    def stop(self, *, delete: bool = False) -> None:
        """Stop the container; `delete` also removes its volume."""
        super().stop(delete=delete)
        self.prepare()
        if delete:
            subprocess.run(
                [_engine(), "volume", "rm", "--force", self.container], capture_output=True
            )


def _engine() -> str:
    found = engine()
    if found is None:
        raise RuntimeError("no container engine answers")
    return found
