"""A mail sandbox as its own process, and mails to send to it."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from shared.testing.mail_sandbox import MailSandbox

ROOT = Path(__file__).parents[3]


class Sandbox(MailSandbox):
    """The sandbox, and mails for it."""

    def send(
        self, mail: EmailMessage | bytes, *to: str, timeout: float = 10, sender: str = "a@b.example"
    ) -> None:
        source = mail if isinstance(mail, bytes) else mail.as_bytes(policy=SMTP)
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=timeout) as smtp:
            smtp.sendmail(sender, list(to) or ["reader@example.org"], source)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    made = Sandbox(tmp_path_factory.mktemp("mail"))
    yield made
    made.kill()


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    """The module's sandbox, empty and without queued failures."""
    running.clear()
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
