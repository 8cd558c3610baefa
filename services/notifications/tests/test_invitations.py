"""Calendar entries in mails, read by a library that did not write them. Pure."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from uuid import UUID

import pytest
from ical.calendar import Calendar
from msgspec.structs import replace

from services.notifications.domain.kinds import MAILED
from services.notifications.domain.model import Person
from services.notifications.mail.composition import Addressee, Branding, compose_mail
from services.notifications.tests.test_composed_mails import composed
from services.notifications.tests.test_texts import BRANDING, START, golden, make_facts, reader_of
from shared.languages import LANGUAGES, Language
from shared.testing.calendars import content_lines, property_names, read_calendar


def attached(message: EmailMessage) -> bytes:
    """The entry as it arrives, after a check of what the mail says of it."""
    arrived = message_from_bytes(message.as_bytes(policy=SMTP), policy=default)
    (entry,) = [one for one in arrived.walk() if one.get_content_type() == "text/calendar"]
    assert entry.get_filename() == "session.ics"
    assert entry.get_content_charset() == "utf-8"
    content = entry.get_payload(decode=True)
    assert isinstance(content, bytes)
    (method,) = [line for line in content_lines(content) if line.startswith("METHOD:")]
    assert method == f"METHOD:{entry.get_param('method')}"
    return content


TITLES = {"en": "Session with {}", "de": "Sitzung mit {}", "ar": "جلسة مع {}"}


def invitation(content: bytes, language: Language, other: str = "Carl Gauß") -> Calendar:
    """The entry, after a check of what all of them have in common."""
    calendar = read_calendar(content)
    (event,) = calendar.events
    assert event.uid == "00000000-0000-0000-0000-000000000003@consultant-connect"
    assert (event.dtstart, event.dtend) == (START, START + timedelta(hours=1))
    assert event.summary == TITLES[language].format(other)
    assert event.organizer is not None
    assert str(event.organizer.uri) == "mailto:hello@market.example"
    (attendee,) = event.attendees
    assert str(attendee.uri) == "mailto:ada@example.org"
    assert str(event.url).startswith("https://market.example/booking/")
    return calendar


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("kind", "method", "status", "transparency"),
    [
        ("booking.confirmed", "REQUEST", "CONFIRMED", "OPAQUE"),
        ("booking.rescheduled", "REQUEST", "CONFIRMED", "OPAQUE"),
        ("reminder", "REQUEST", "CONFIRMED", "OPAQUE"),
        ("booking.cancelled", "CANCEL", "CANCELLED", "TRANSPARENT"),
    ],
)
def test_invitations_and_cancellations_are_read_as_such(
    kind: str, method: str, status: str, transparency: str, language: Language
) -> None:
    message = composed(language, kind=kind, status="confirmed")
    calendar = invitation(attached(message), language)
    (event,) = calendar.events
    assert (calendar.method, event.status, event.transparency) == (method, status, transparency)


@pytest.mark.parametrize("sequence", [0, 7])
def test_sequence_is_that_of_the_booking(sequence: int) -> None:
    kind = MAILED["booking.confirmed"]
    facts = replace(make_facts(golden(kind), "seeker"), calendar_sequence=sequence)
    to = Addressee(UUID(int=1), "ada@example.org", reader_of("en"), b"key")
    other = Person("Carl", "Gauß")
    message = compose_mail(BRANDING, UUID(int=2), kind, facts, to, other, UUID(int=3))
    (event,) = invitation(attached(message), "en").events
    assert event.sequence == sequence


@pytest.mark.parametrize(
    "name",
    [
        "Eve\r\nATTENDEE:mailto:eve@example.org",
        "Eve\nEND:VEVENT",
        "Gauß, Carl; \"the\" first: \\n 'prince'",
        "👩🏽‍🔬" * 20,
        "𝔘𠀀" * 30,
        "محمد بن موسى الخوارزمي",
        "שלום (Carl) \u2068x\u2069",
        "Bell\x07",
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_name_is_never_more_than_a_name(name: str, language: Language) -> None:
    message = composed(language, kind="booking.confirmed", name=name)
    content = attached(message)
    plain = attached(composed(language, kind="booking.confirmed"))
    assert property_names(content) == property_names(plain)
    invitation(content, language, Person("Carl", name).name.replace("\x07", ""))


@pytest.mark.parametrize("brand", ['Ask & "Co"; a: b, c', "Rat^n", "مستشار", "𝔘" * 40])
def test_a_brand_is_never_more_than_the_organizers_name(brand: str) -> None:
    branding = Branding(brand, "hello@market.example", BRANDING.public_url)
    message = composed("en", kind="booking.confirmed", branding=branding)
    (event,) = invitation(attached(message), "en").events
    assert event.organizer is not None
    assert event.organizer.common_name == brand
