"""A separate stack of containers: an engine, its images, and compose as operators use it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.stack import ROOT

STAND_INS = ROOT.parent / "shared" / "tools" / "offline-images"
BASE_IMAGES = (
    "python:3.13-slim-bookworm",
    "node:22-bookworm-slim",
    "postgres:18",
    "rabbitmq:4-management",
    "caddy:2-alpine",
    "debian:bookworm-slim",
)
PULL_SECONDS = 300


class Missing(Exception):
    """The message names what this machine lacks for a stack of containers."""


def run(*command: str, timeout: float = 600, check: bool = True, **more: Any) -> str:
    """The command's standard output. Raises RuntimeError with all of its output if it fails."""
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, cwd=ROOT, **more
    )
    if check and done.returncode != 0:
        raise RuntimeError(
            f"{' '.join(command)} ended with "
            f"{done.returncode}:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        )
    output: str = done.stdout
    return output


def answers() -> bool:
    """Whether a container engine responds."""
    return (
        shutil.which("docker") is not None
        and subprocess.run(["docker", "info"], capture_output=True, timeout=60).returncode == 0
    )


class Engine:
    """The machine's container engine with the base images; an engine started for the tests is
    stopped at the end.
    """

    def __init__(self) -> None:
        self.is_ours = False

    def prepare(self) -> None:
        """Obtains base images: existing ones, from a registry, or stand-ins. Raises Missing."""
        if not answers():
            self._stand_in("an engine (docker), which does not answer here", *BASE_IMAGES)
            self.is_ours = True
        absent = [image for image in BASE_IMAGES if not (is_here(image) or pulled(image))]
        if absent:
            self._stand_in(f"the images {', '.join(absent)}, which no registry gives", *absent)
        if compose_command() is None:
            raise Missing("docker-compose (or docker's compose plug-in) is not installed")

    def _stand_in(self, what: str, *images: str) -> None:
        if not os.access(STAND_INS, os.X_OK):
            raise Missing(f"wanted: {what}")
        run(str(STAND_INS), *images, timeout=1800)

    def leave(self) -> None:
        if self.is_ours:
            run(str(STAND_INS), "--stop", check=False)


def is_here(image: str) -> bool:
    return (
        subprocess.run(["docker", "image", "inspect", image], capture_output=True).returncode == 0
    )


def pulled(image: str) -> bool:
    try:
        return (
            subprocess.run(
                ["docker", "pull", image], capture_output=True, timeout=PULL_SECONDS
            ).returncode
            == 0
        )
    except subprocess.TimeoutExpired:
        return False


def compose_command() -> list[str] | None:
    """As set by COMPOSE (such as "docker compose"), otherwise the first one found."""
    if "COMPOSE" in os.environ:
        return os.environ["COMPOSE"].split()
    return next(iter(compose_commands()), None)


def compose_commands() -> list[list[str]]:
    """Compose as it is installed here: as a program, as docker's plug-in, or both."""
    return [
        command
        for command in (["docker-compose"], ["docker", "compose"])
        if shutil.which(command[0])
        and subprocess.run([*command, "version"], capture_output=True).returncode == 0
    ]


class Compose:
    """docker-compose.yml with its own project name and .env."""

    def __init__(self, project: str, env_file: Path, settings: Mapping[str, str]) -> None:
        self.project, self.env_file = project, env_file
        run("sh", "deploy/compose/make-env.sh", str(env_file))
        self.set(**settings)
        command = compose_command()
        assert command is not None
        self.command = [*command, "--env-file", str(env_file), "-p", project]
        # Variables of the caller's shell would override the file.
        self.environment = {k: v for k, v in os.environ.items() if k not in self.settings()}
        self.environment["COMPOSE"] = " ".join(self.command)

    def settings(self) -> dict[str, str]:
        lines = (
            line
            for line in self.env_file.read_text().splitlines()
            if "=" in line and line[0] != "#"
        )
        return {name: value for name, _, value in (line.partition("=") for line in lines)}

    def set(self, **changes: str) -> None:
        """Changes lines of the .env."""
        lines = [
            line
            for line in self.env_file.read_text().splitlines()
            if line.partition("=")[0] not in changes
        ]
        self.env_file.write_text(
            "\n".join([*lines, *(f"{k}={v}" for k, v in changes.items())]) + "\n"
        )

    def __call__(
        self, *arguments: str, timeout: float = 1800, check: bool = True, **more: Any
    ) -> str:
        return run(
            *self.command, *arguments, timeout=timeout, check=check, env=self.environment, **more
        )

    def script(self, name: str, *arguments: str) -> str:
        """One of deploy/compose/*.sh."""
        return run("sh", f"deploy/compose/{name}.sh", *arguments, timeout=900, env=self.environment)

    def containers(self, service: str | None = None, *, stopped: bool = False) -> list[str]:
        filters = [f"label=com.docker.compose.project={self.project}"]
        filters += [f"label=com.docker.compose.service={service}"] if service else []
        every = [part for one in filters for part in ("--filter", one)]
        return run("docker", "ps", "-q", "--no-trunc", *(["-a"] if stopped else []), *every).split()

    def inspect(self, *containers: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (
            json.loads(run("docker", "inspect", *containers)) if containers else []
        )
        return found

    def services(self) -> dict[str, list[dict[str, Any]]]:
        """Each service's containers, as described by the engine."""
        found: dict[str, list[dict[str, Any]]] = {}
        for one in self.inspect(*self.containers(stopped=True)):
            found.setdefault(one["Config"]["Labels"]["com.docker.compose.service"], []).append(one)
        return found

    def kill(self, container: str) -> None:
        """Sends SIGKILL to the container's first process, from outside. (`docker kill` would count
        as the operator's intention, so nothing would be restarted; and the first process of a
        container ignores a SIGKILL from within it.)
        """
        pid = self.inspect(container)[0]["State"]["Pid"]
        assert pid > 0, f"{container} does not run"
        image = f"consultant-connect/booking:{self.settings()['TAG']}"
        program = f"import os; os.kill({pid}, 9)"
        run(
            "docker",
            "run",
            "--rm",
            "--pid=host",
            "--user=0",
            "--network=none",
            image,
            "python",
            "-c",
            program,
        )

    def down(self) -> None:
        """Removes everything of the project, including its volumes."""
        profiles = {"COMPOSE_PROFILES": "sandbox,turn,balancer,ops,observe"}
        run(*self.command, "down", "-v", "--remove-orphans", env={**self.environment, **profiles})
