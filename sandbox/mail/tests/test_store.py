"""The folder of mails, without a server."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from sandbox.mail import store
from sandbox.mail.messages import Envelope, Message, read
from sandbox.mail.store import Store


def source(subject: str) -> bytes:
    made = EmailMessage()
    made["Subject"] = subject
    made.set_content("Hi")
    return made.as_bytes()


def test_each_mail_is_parsed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def counted(envelope: Envelope, content: bytes) -> Message:
        parsed.append(envelope.id)
        return read(envelope, content)

    monkeypatch.setattr(store, "read", counted)
    mails = Store(tmp_path)
    first = mails.keep("a@b.example", ["reader@example.org"], source("first"))
    mails.all()
    second = mails.keep("a@b.example", ["reader@example.org"], source("second"))
    for _ in range(3):
        assert [mail.subject for mail in mails.all()] == ["first", "second"]
    assert parsed == [first, second]
    mails.clear()
    assert mails.all() == []
