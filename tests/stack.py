"""A separate stack, started with the command that a user would type."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from shared.testing import eventually
from shared.testing.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
# Sessions of more than one second are charged, sweeps run every second, rate limits are off.
QUICK = {
    "DEMO": "0",
    "DETACH": "1",
    "FREE_PERIOD_SECONDS": "1",
    "SWEEP_EVERY_SECONDS": "1",
    "RATE_LIMIT_PER_MINUTE": "10000000",
    "LOGIN_ATTEMPTS_PER_MINUTE": "10000000",
    "BCRYPT_ROUNDS": "4",
}
# Every step of `make up` has a limit of its own and says which one was not kept. This one only ends
# what hangs, on a machine that does much else at the same time.
MAKE_WITHIN = 500


class Stack:
    """`make up` with its own data folder, on a free port; `settings` are those of `make up`."""

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("STRIPE_", "MAKE"))
        }
        self.environment = {
            **kept,
            "DATA_DIR": str(data_dir),
            "PORT": str(self.port),
            **QUICK,
            **settings,
        }

    def _make(self, target: str) -> str:
        # Of a process group of its own: what make runs is ended with it, and leaves nothing behind.
        running = subprocess.Popen(
            ["make", "-s", target],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            output, errors = running.communicate(timeout=MAKE_WITHIN)
        except BaseException:  # pytest's own limit and Ctrl-C too
            os.killpg(running.pid, signal.SIGTERM)
            running.communicate()
            raise
        if running.returncode != 0:
            raise RuntimeError(f"make {target} failed:\n{output[-3000:]}\n{errors[-3000:]}")
        return output

    def up(self) -> Stack:
        """Starts everything; returns when it is ready."""
        self._make("up")
        return self

    def down(self) -> None:
        """Stops everything."""
        self._make("down")

    @property
    def published(self) -> dict[str, Any]:
        """stack.json."""
        published: dict[str, Any] = json.loads((self.data_dir / "stack.json").read_text())
        return published

    @property
    def url(self) -> str:
        """The gateway's address."""
        return str(self.published["gateway"])

    def processes(self) -> dict[str, dict[str, Any]]:
        """Name → {pid, state}, as reported by `make status`."""
        self.environment["FORMAT"] = "json"
        processes: dict[str, dict[str, Any]] = json.loads(self._make("status"))["processes"]
        return processes

    async def is_whole(self) -> bool:
        """Whether every service responds and all its dependencies are up."""
        async with httpx.AsyncClient(timeout=5) as http:
            try:
                answers = [
                    await http.get(f"{url}/health/ready")
                    for url in self.published["services"].values()
                ]
            except httpx.TransportError:
                return False
        return all(answer.json().get("status") == "up" for answer in answers)

    def kill(self, name: str) -> int:
        """Sends SIGKILL to that process and returns its pid."""
        pid = int(self.processes()[name]["pid"])
        os.kill(pid, signal.SIGKILL)
        return pid

    async def restarts(self, name: str, killed: int) -> None:
        """Waits until the supervisor has started that process again after its pid `killed`, and it
        accepts connections.
        """
        address = urlsplit(self._address(name))

        async def is_back() -> bool:
            process = (await asyncio.to_thread(self.processes))[name]
            if process["state"] != "running" or process["pid"] == killed:
                return False
            try:
                _, writer = await asyncio.open_connection(address.hostname, address.port)
            except OSError:
                return False
            writer.close()
            return True

        await eventually(is_back, within=60, every=0.3)

    def _address(self, name: str) -> str:
        published = self.published
        other = {
            "gateway": "gateway",
            "postgres": "database",
            "rabbitmq": "amqp",
            "stripe-sandbox": "stripe_sandbox",
            "mail-sandbox": "mail",
        }
        found = published[other[name]] if name in other else published["services"][name]
        return str(found)

    def logs(self, name: str, lines: int = 40) -> str:
        """The end of a process's log."""
        path = next(self.data_dir.rglob(f"{name}*.log"))
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])


if __name__ == "__main__":  # python -m tests.stack DIR: one to look at by hand
    print(Stack(Path(sys.argv[1])).up().url)
