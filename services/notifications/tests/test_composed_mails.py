"""Mails as they are sent: subject, language, direction, sender, and what names cannot do."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, default
from typing import Any
from uuid import UUID

import icalendar
import pytest
from hypothesis import given, strategies

from services.notifications.domain.kinds import MAILED
from services.notifications.domain.model import Person
from services.notifications.mail.composition import Addressee, Branding, compose_mail
from services.notifications.tests.test_texts import BRANDING, golden, make_facts, reader_of
from shared.languages import LANGUAGES, RIGHT_TO_LEFT, Language
from shared.text import is_email


def composed(
    language: Language,
    *,
    name: str = "Gauß",
    kind: str = "booking.cancelled",
    branding: Branding = BRANDING,
    address: str = "ada@example.org",
    **event: Any,
) -> EmailMessage:
    to = Addressee(UUID(int=1), address, reader_of(language), b"key")
    facts = make_facts({**golden(MAILED[kind]), **event}, "seeker")
    other = Person("Carl", name)
    return compose_mail(branding, UUID(int=2), MAILED[kind], facts, to, other, UUID(int=3))


def part(message: EmailMessage, kind: str) -> str:
    (found,) = [one for one in message.walk() if one.get_content_type() == kind]
    text: str = found.get_content()
    return text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_says_its_language_and_direction(language: Language) -> None:
    message = composed(language, cancelled_by="consultant")
    html = part(message, "text/html")
    is_mirrored = language in RIGHT_TO_LEFT
    direction, start = ("rtl", "right") if is_mirrored else ("ltr", "left")
    assert message["Content-Language"] == language
    assert f'<html lang="{language}" dir="{direction}">' in html
    # Mail programs drop the html element: the table says it again.
    assert f'lang="{language}" dir="{direction}"' in html.partition("<body")[2]
    assert f'class="inside" align="{start}"' in html
    assert is_mirrored == ("\u2068Carl Gauß\u2069" in html)


@pytest.mark.parametrize(
    ("mail_from", "sender"),
    [
        ("hello@market.example", "Ask & Co. <hello@market.example>"),
        ("Help <hello@market.example>", "Help <hello@market.example>"),
    ],
)
def test_a_mail_is_from_the_marketplace_unless_another_name_is_set(
    mail_from: str, sender: str
) -> None:
    branding = Branding("Ask & Co.", mail_from, "https://market.example")
    (address,) = composed("en", branding=branding)["From"].addresses
    assert f"{address.display_name} <{address.addr_spec}>" == sender


def test_german_is_formal_and_writes_dates_and_amounts_its_way() -> None:
    text = part(composed("de", cancelled_by="consultant", fee=2_000, currency="eur"), "text/plain")
    assert "Dienstag, 1. Dezember 2026, 14:00–15:00 Uhr (Europe/Berlin)" in text
    assert "20,00\xa0€" in text
    assert "Ihrer Karte" in text
    assert "Sie erhalten diese E-Mail, weil Sie ein Konto bei Market haben." in text


def test_subjects_and_calendar_entries_are_in_the_readers_language() -> None:
    for language, subject, title in (
        ("en", "Cancelled: the session with Carl Gauß", "Session with Carl Gauß"),
        ("de", "Storniert: Ihre Sitzung mit Carl Gauß", "Sitzung mit Carl Gauß"),
        ("ar", "أُلغيت جلستك مع Carl Gauß", "جلسة مع Carl Gauß"),
    ):
        message = composed(language)  # type: ignore[arg-type]
        assert message["Subject"] == subject
        calendar = icalendar.Calendar.from_ical(part(message, "text/calendar"))
        (event,) = calendar.walk("VEVENT")
        assert event["SUMMARY"] == title


# Names that a reader of mails would decode, some to a line of their own.
ENCODED_WORDS = (
    "=?utf-8?q?Eve?=",
    "=?utf-8?q?=0D=0ABcc:_v=40example.org?=",
    "=?utf-8?b?DQoNCjxoMT4=?=",
    "=?utf-8?q?=E2=80=AE?=",
    "=?",
)


@given(
    language=strategies.sampled_from(LANGUAGES),
    name=strategies.lists(
        strategies.text("abÄß山田نور", min_size=1, max_size=30)
        | strategies.sampled_from(ENCODED_WORDS),
        min_size=1,
        max_size=9,
    ).map(" ".join),
)
def test_a_subject_arrives_as_it_was_written_wherever_its_lines_are_broken(
    language: Language, name: str
) -> None:
    message = composed(language, name=name)
    # As aiosmtplib does, by a policy that is not the message's own.
    sent = message.as_bytes(policy=SMTP)
    assert message_from_bytes(sent, policy=default)["Subject"] == message["Subject"]
    (subject,) = re.findall(rb"^Subject: .*(?:\r\n .*)*\r\n", sent, re.MULTILINE)
    assert subject.isascii()
    assert max(map(len, subject.split(b"\r\n"))) <= 78


@pytest.mark.parametrize(
    "address",
    ["=?utf-8?q?=0D=0ABcc=3Av=40example.org?=@example.org", "=?utf-8?q?a=2C=20b?=@example.org"],
)
def test_an_address_that_reads_like_an_encoded_word_is_sent_as_it_is(address: str) -> None:
    assert is_email(address)
    sent = composed("en", address=address).as_bytes(policy=SMTP)
    assert f"\r\nTo: {address}\r\n".encode() in sent
    assert "Bcc" not in message_from_bytes(sent)


def test_an_address_outside_ascii_is_sent_as_it_is_to_a_server_that_takes_it() -> None:
    sent = composed("en", address="jürgen@example.org").as_bytes(policy=SMTPUTF8)
    assert "\r\nTo: jürgen@example.org\r\n".encode() in sent


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name",
    [
        "{{ 7 * 7 }}",
        "{% raw %}",
        "<script>alert(1)</script>",
        "Eve\r\nBcc: v@example.org",
        "\u202e",
        *ENCODED_WORDS,
    ],
)
def test_a_name_is_never_more_than_a_name_in_any_language(name: str, language: Language) -> None:
    message = composed(language, name=name, reason=f"{name}\r\n\r\n<b>{name}</b>")
    sent = message_from_bytes(message.as_bytes(policy=SMTP), policy=default)
    assert sent.keys() == message.keys()
    assert "Bcc" not in sent
    assert sent["Subject"] == message["Subject"]
    assert "49" not in message["Subject"]
    assert not set("\r\n") & set(message["Subject"])
    html = part(message, "text/html")
    assert "<script" not in html
    assert "<b>" not in html
    (event,) = icalendar.Calendar.from_ical(part(message, "text/calendar")).walk("VEVENT")
    assert event["ATTENDEE"] == "mailto:ada@example.org"
