"""A mail sandbox as its own process, and mails to send to it."""

from __future__ import annotations

import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.testing.ports import free_port

ROOT = Path(__file__).parents[3]


class Sandbox:
    """The process, HTTP calls to it, and mails for it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port, self.smtp_port = free_port(), free_port()
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", trust_env=False)
        self.start()

    def command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "sandbox.mail", "--data", str(self.data)),
            *("--listen", f"127.0.0.1:{self.port}", "--smtp", f"127.0.0.1:{self.smtp_port}"),
        ]

    def start(self) -> None:
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
        self.process.kill()
        self.process.wait()

    def send(
        self, mail: EmailMessage | bytes, *to: str, timeout: float = 10, sender: str = "a@b.example"
    ) -> None:
        source = mail if isinstance(mail, bytes) else mail.as_bytes(policy=SMTP)
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=timeout) as smtp:
            smtp.sendmail(sender, list(to) or ["reader@example.org"], source)

    def messages(self, **params: str) -> list[dict[str, Any]]:
        answer = self.http.get("/_mail/messages", params=params)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()
        return found


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    made = Sandbox(tmp_path_factory.mktemp("mail"))
    yield made
    made.kill()


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    """The module's sandbox, empty and without queued failures."""
    assert running.http.delete("/_mail/messages").status_code == 204
    assert running.http.delete("/_mail/fail_next").status_code == 204
    return running


@pytest.fixture
def mail() -> Callable[..., EmailMessage]:
    def make(subject: str = "Hello", text: str = "Hi", html: str | None = None) -> EmailMessage:
        made = EmailMessage()
        made["From"], made["To"] = "Someone <a@b.example>", "reader@example.org"
        made["Subject"] = subject
        made.set_content(text)
        if html is not None:
            made.add_alternative(html, subtype="html")
        return made

    return make
