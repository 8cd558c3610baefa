"""The mail sandbox stores mails, shows them, and simulates failures."""

from __future__ import annotations

import os
import smtplib
import subprocess
import sys
from collections.abc import Callable
from email.message import EmailMessage

import pytest

from sandbox.mail.tests.conftest import ROOT, Sandbox

Mail = Callable[..., EmailMessage]


def test_mail_is_kept_and_read_whole(sandbox: Sandbox, mail: Mail) -> None:
    sent = mail(
        "Größe, 価格",
        "See https://example.org/plain. Bye",
        '<p><a href="https://example.org/a?x=1&amp;y=2">here</a></p>',
    )
    sent["List-Unsubscribe"] = "<https://example.org/u>"
    sent.add_attachment(
        "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", subtype="calendar", filename="session.ics"
    )
    sent.add_attachment(b"\x00\xff", maintype="application", subtype="x", filename="b.bin")
    sandbox.send(sent, "reader@example.org")
    (kept,) = sandbox.messages()
    assert kept["to"] == "reader@example.org"
    assert kept["from"] == "Someone <a@b.example>"
    assert kept["subject"] == "Größe, 価格"
    assert kept["text"].strip() == "See https://example.org/plain. Bye"
    assert kept["links"] == ["https://example.org/a?x=1&y=2", "https://example.org/plain"]
    assert kept["headers"]["List-Unsubscribe"] == "<https://example.org/u>"
    calendar, other = kept["attachments"]
    assert (calendar["filename"], calendar["content_type"]) == ("session.ics", "text/calendar")
    assert calendar["content"].splitlines() == ["BEGIN:VCALENDAR", "END:VCALENDAR"]
    assert (other["filename"], other["content"]) == ("b.bin", "AP8=")


def test_messages_are_filtered_by_reader_and_time(sandbox: Sandbox, mail: Mail) -> None:
    sandbox.send(mail("first"), "Ada@Example.org")
    sandbox.send(mail("second"), "bob@example.org", "ada@example.org")
    first, second = sandbox.messages()
    assert [m["subject"] for m in sandbox.messages(to="ada@example.ORG")] == ["first", "second"]
    assert [m["subject"] for m in sandbox.messages(to="bob@example.org")] == ["second"]
    assert sandbox.messages(to="bob") == []
    assert [m["subject"] for m in sandbox.messages(since=second["at"])] == ["second"]
    assert first["at"] < second["at"]
    for wrong in ("yesterday", "2026-11-27T10:00:00"):
        assert sandbox.http.get("/_mail/messages", params={"since": wrong}).status_code == 400


def test_pages_run_nothing_of_a_mail(sandbox: Sandbox, mail: Mail) -> None:
    sandbox.send(mail("<script>alert(1)</script>", "t", "<script>alert(2)</script><b>bold</b>"))
    (kept,) = sandbox.messages()
    listing = sandbox.http.get("/_mail")
    assert "&lt;script&gt;alert(1)" in listing.text
    assert "<script" not in listing.text
    page = sandbox.http.get(f"/_mail/{kept['id']}")
    assert "<script" not in page.text
    assert 'sandbox="' in page.text
    assert "allow-scripts" not in page.text
    html = sandbox.http.get(f"/_mail/{kept['id']}/html")
    assert "<b>bold</b>" in html.text
    assert html.headers["content-security-policy"].startswith("sandbox")
    source = sandbox.http.get(f"/_mail/{kept['id']}/source")
    assert source.headers["content-type"].startswith("text/plain")
    assert b"alert(2)" in source.content
    assert sandbox.http.get("/_mail/nothing").status_code == 404
    assert sandbox.http.get("/_mail/..%2f..%2fetc").status_code == 404


@pytest.mark.parametrize(("mode", "code"), [("421", 421), ("550", 550)])
def test_refused_mails_are_counted_and_not_kept(
    sandbox: Sandbox, mail: Mail, mode: str, code: int
) -> None:
    asked = sandbox.http.post("/_mail/fail_next", json={"mode": mode, "times": 2})
    assert asked.status_code == 200
    for _ in range(2):
        with pytest.raises(smtplib.SMTPDataError) as refused:
            sandbox.send(mail())
        assert refused.value.smtp_code == code
    sandbox.send(mail("third"))
    assert [m["subject"] for m in sandbox.messages()] == ["third"]


def test_timeout_gives_no_answer_and_keeps_nothing(sandbox: Sandbox, mail: Mail) -> None:
    sandbox.http.post("/_mail/fail_next", json={"mode": "timeout", "times": 1})
    with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
        sandbox.send(mail(), timeout=0.5)
    assert sandbox.messages() == []


def test_drop_after_data_keeps_the_mail_and_gives_no_answer(sandbox: Sandbox, mail: Mail) -> None:
    sandbox.http.post("/_mail/fail_next", json={"mode": "drop_after_data", "times": 1})
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        sandbox.send(mail("kept"))
    assert [m["subject"] for m in sandbox.messages()] == ["kept"]


@pytest.mark.parametrize(
    "body", [{"mode": "999"}, {"mode": "421", "times": 0}, {"mode": "421", "more": 1}, {}, []]
)
def test_unknown_faults_are_refused(sandbox: Sandbox, body: object) -> None:
    answer = sandbox.http.post("/_mail/fail_next", json=body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_malformed_mail_is_shown_as_well_as_it_can_be(sandbox: Sandbox) -> None:
    sandbox.send(b"Subject: =?utf-8?q?=ff?=\r\nContent-Type: text/plain; charset=none\r\n\r\n\xff")
    (kept,) = sandbox.messages()
    assert sandbox.http.get(f"/_mail/{kept['id']}").status_code == 200


def test_mails_outlive_the_process(sandbox: Sandbox, mail: Mail) -> None:
    sandbox.send(mail("kept"))
    sandbox.kill()
    (sandbox.data / "0000-00.eml.new").write_bytes(b"half")
    sandbox.start()
    assert [m["subject"] for m in sandbox.messages()] == ["kept"]
    assert not list(sandbox.data.glob("*.new"))


def test_it_does_not_start_in_production_or_on_a_taken_port(sandbox: Sandbox) -> None:
    for environment, reason in (
        ({"ENVIRONMENT": "production"}, "does not run in production"),
        ({"ENVIRONMENT": "Production"}, "ENVIRONMENT must be development or production"),
        ({}, "cannot listen on"),
    ):
        refused = subprocess.run(
            [*sandbox.command()],
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert refused.returncode == 1
        assert reason in refused.stderr
    assert sys.executable in sandbox.command()
