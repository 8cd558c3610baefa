"""The mail sandbox, for tests."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from shared.testing.ports import free_port

ROOT = Path(__file__).parents[2]


class MailSandbox:
    """The sandbox process, and the mails that it received."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port, self.smtp_port = free_port(), free_port()
        self.url = f"smtp://127.0.0.1:{self.smtp_port}"
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", trust_env=False)
        self.start()

    def command(self) -> list[str]:
        """What starts it."""
        return [
            *(sys.executable, "-m", "sandbox.mail", "--data", str(self.data)),
            *("--listen", f"127.0.0.1:{self.port}", "--smtp", f"127.0.0.1:{self.smtp_port}"),
        ]

    def start(self) -> None:
        """Starts it, and returns when it answers."""
        self.process = subprocess.Popen(self.command(), cwd=ROOT)
        limit = time.monotonic() + 20
        while not self._answers():
            assert self.process.poll() is None, "the sandbox has ended"
            assert time.monotonic() < limit, "the sandbox does not start"
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            return self.http.get("/health/live").status_code == 200
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """Ends it; what it received remains."""
        self.process.kill()
        self.process.wait()

    def clear(self) -> None:
        """Deletes the mails and the failures that were asked for."""
        for path in ("/_mail/messages", "/_mail/fail_next"):
            assert self.http.delete(path).status_code == 204

    def fail_next(self, mode: str, times: int = 1) -> None:
        """Has the next mails fail."""
        asked = self.http.post("/_mail/fail_next", json={"mode": mode, "times": times})
        assert asked.status_code == 200

    def messages(self, to: str | None = None, **params: str) -> list[dict[str, Any]]:
        """The mails, oldest first: all, or those to one address."""
        wanted = {**params, "to": to} if to is not None else params
        answer = self.http.get("/_mail/messages", params=wanted)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()
        return found
