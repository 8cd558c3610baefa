"""The texts of mails and list entries in every language. Pure: no database, no mail is sent."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jinja2
import jinja2.meta
import msgspec
import pytest
from jinja2 import nodes

from services.notifications.domain.kinds import KINDS, MAILED
from services.notifications.domain.model import Category, Facts, Kind, Person
from services.notifications.mail.category_names import CATEGORY_NAMES
from services.notifications.mail.composition import Branding
from services.notifications.mail.texts import (
    TEMPLATE_FOLDER,
    TEMPLATES,
    UNKNOWN_PARTY,
    Words,
    footer,
    words,
)
from shared.languages import LANGUAGES, Language

GOLDEN = Path(__file__).parents[3] / "shared" / "tests" / "golden"
PAGES = Path(__file__).parents[1] / "pages"
TRANSLATIONS = tuple(language for language in LANGUAGES if language != "en")
START = datetime(2026, 12, 1, 13, tzinfo=UTC)
BRANDING = Branding("Market", "Market <hello@market.example>", "https://market.example")
# What changes the text, beside the reader's role.
VARIANTS: dict[str, tuple[Any, ...]] = {
    "absent": ("both", "seeker", "consultant", None),
    "billable": (True, False),
    "cancelled_by": ("seeker", "consultant", "system"),
    "comment": ("Very good.", None),
    "fee": (0, 2_000),
    "joint_seconds": (3_300, None),
    "message": ("Hello", None),
    "payment_failure": (
        "card_declined",
        "insufficient_funds",
        "expired_card",
        "authentication_required",
        "no_payment_method",
        "processing_error",
        "of_the_future",
    ),
    "reason": ("Ill", None),
    "respond_by": (START, None),
    "status": ("requested", "confirmed"),
    "user_agent": ("Firefox/145.0", "Browser/1.0", None),
    "welcome": (True, False),
}


def kind_called(name: str) -> Kind:
    return MAILED.get(name) or next(kind for kind in KINDS if kind.name == name)


def golden(kind: Kind) -> dict[str, Any]:
    event = msgspec.json.decode((GOLDEN / f"{kind.event.TYPE}.json").read_bytes(), type=kind.event)
    fields: dict[str, Any] = msgspec.to_builtins(event)
    return fields


def make_facts(event: dict[str, Any], role: str, messages: int = 1) -> Facts:
    return Facts(
        event=event,
        reader=role,
        start=START,
        end=START + timedelta(hours=1),
        messages=[{"excerpt": f"Message {number}"} for number in range(messages)],
    )


def can_happen(kind: Kind, event: dict[str, Any]) -> bool:
    try:
        msgspec.convert(event, kind.event, strict=False)
    except msgspec.ValidationError:
        return False
    return True


def every_fact(kind: Kind) -> Iterator[Facts]:
    event = golden(kind)
    names = [name for name in VARIANTS if name in event]
    for role in ("seeker", "consultant"):
        for values in itertools.product(*(VARIANTS[name] for name in names)):
            changed = {**event, **dict(zip(names, values, strict=True))}
            if can_happen(kind, changed):
                yield make_facts(changed, role)


def reader_of(language: Language) -> Person:
    return Person("Ada", "Byron", "Europe/Berlin", language)


def source_of(name: str, language: Language) -> nodes.Template:
    text = TEMPLATE_FOLDER.joinpath(f"kinds/{language}/{name}.j2").read_text()
    return jinja2.Environment(autoescape=True).parse(text)


# ---- completeness


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_a_template_for_every_kind_and_no_other(language: Language) -> None:
    found = [entry.name for entry in TEMPLATE_FOLDER.joinpath(f"kinds/{language}").iterdir()]
    assert sorted(found) == [f"{name}.j2" for name in TEMPLATES]
    assert {page.name for page in (PAGES / language).iterdir()} == {
        "ask.html",
        "done.html",
        "invalid.html",
    }
    assert CATEGORY_NAMES[language].keys() == set(Category)


def facts_named_in(name: str, language: Language) -> set[str]:
    """The variables and fields of the event that a template uses. Which form of a name or number
    is needed differs by language.
    """
    source = source_of(name, language)
    variables = jinja2.meta.find_undeclared_variables(source) - {"plural"}
    fields = {f"event.{found.attr}" for found in source.find_all(nodes.Getattr)}
    forms = {"other_dative": "other", "my_name": "me"}
    return {forms.get(variable, variable) for variable in variables} | fields


@pytest.mark.parametrize("language", TRANSLATIONS)
@pytest.mark.parametrize("name", TEMPLATES)
def test_a_translation_says_the_same_facts(name: str, language: Language) -> None:
    assert facts_named_in(name, language) == facts_named_in(name, "en")


def checked(said: Words) -> Words:
    for text in (said.title, *said.paragraphs, said.action, said.body):
        assert text.strip()
        assert "None" not in text
        assert not set("{}%") & set(text)
    return said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TEMPLATES)
def test_every_kind_can_be_said_whatever_has_happened(name: str, language: Language) -> None:
    kind = kind_called(name)
    for facts, at in itertools.product(every_fact(kind), (START, START - timedelta(hours=1))):
        said = checked(
            words(kind, facts, reader_of(language), Person("Carl", "Gauß"), "Market", at)
        )
        english = words(kind, facts, reader_of("en"), Person("Carl", "Gauß"), "Market", at)
        if language != "en":
            assert said.action != english.action
            assert said.title != english.title
            assert len(said.paragraphs) == len(english.paragraphs)
        nobody = Person(time_zone="UTC", language=language)
        checked(words(kind, facts, nobody, None, "Market", at))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_party_has_a_word_in_every_language(language: Language) -> None:
    kind = MAILED["booking.confirmed"]
    said = words(
        kind, make_facts(golden(kind), "seeker"), reader_of(language), None, "Market", START
    )
    assert UNKNOWN_PARTY[language][1] in said.title


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_footer_names_the_brand_and_the_category(language: Language) -> None:
    for category in Category:
        text = footer(language, "Market", category)
        assert "Market" in text.reason
        assert CATEGORY_NAMES[language][category] in text.unsubscribe


@pytest.mark.parametrize(
    ("count", "title"),
    [
        (1, "رسالة جديدة من Ada Byron"),
        (2, "رسالتان جديدتان من Ada Byron"),
        (3, "3 رسائل جديدة من Ada Byron"),
        (11, "11 رسالة جديدة من Ada Byron"),
        (100, "100 رسالة جديدة من Ada Byron"),
    ],
)
def test_arabic_has_its_plurals(count: int, title: str) -> None:
    kind = MAILED["message.posted"]
    facts = make_facts(golden(kind), "consultant", messages=count)
    assert words(kind, facts, reader_of("ar"), Person("Ada", "Byron"), "", START).title == title


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ["seeker", "consultant"])
def test_time_of_an_expired_request_is_free_again_only_before_it_begins(
    language: Language, role: str
) -> None:
    again = {
        "en": "again",
        "de": "erneut" if role == "seeker" else "wieder frei",
        "ar": "مرة أخرى" if role == "seeker" else "من جديد",
    }[language]
    kind = MAILED["booking.expired"]
    facts = make_facts(golden(kind), role)
    for at, is_said in ((START - timedelta(seconds=1), True), (START, False)):
        said = words(kind, facts, reader_of(language), Person("Carl", "Gauß"), "", at)
        assert (again in said.body) is is_said


# ---- what is said is true


def said_of(kind: str, language: Language, role: str, **changed: Any) -> Words:
    facts = make_facts({**golden(MAILED[kind]), **changed}, role)
    return words(MAILED[kind], facts, reader_of(language), Person("Carl", "Gauß"), "", START)


@pytest.mark.parametrize("language", LANGUAGES)
def test_reason_of_the_system_is_said_once_and_in_the_readers_language(language: Language) -> None:
    reason = "The payment was not fixed in time."
    said = said_of(
        "booking.cancelled", language, "seeker", cancelled_by="system", reason=reason, fee=0
    )
    assert reason not in " ".join(said.paragraphs)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["booking.cancelled", "session.missed"])
def test_what_is_returned_of_the_amount_is_said_if_there_is_any(
    kind: str, language: Language
) -> None:
    for fee, amounts in ((3_000, ("30.00", "50.00")), (8_000, ("80.00",))):
        facts = {"amount": 8_000, "currency": "eur", "fee": fee, "cancelled_by": "seeker"}
        if kind == "session.missed":
            facts["absent"] = facts.pop("cancelled_by")
        said = " ".join(said_of(kind, language, "seeker", **facts).paragraphs)
        written = re.findall(r"[0-9]+\.[0-9]{2}", said.replace(",", "."))
        assert tuple(written) == amounts


@pytest.mark.parametrize("language", LANGUAGES)
def test_session_that_costs_nothing_has_no_receipt_and_the_reason_that_holds(
    language: Language,
) -> None:
    billed = said_of("session.ended", language, "seeker", billable=True)
    joint, short = (
        said_of(
            "session.ended",
            language,
            "seeker",
            billable=False,
            duration_seconds=3_300,
            joint_seconds=seconds,
        )
        for seconds in (120, None)
    )
    assert joint.action == short.action != billed.action
    assert joint.paragraphs[-1] != short.paragraphs[-1]


def test_arabic_duals_stand_where_their_nominative_belongs() -> None:
    # Babel writes units in this case only; the object of a verb would need another.
    said = said_of("session.ended", "ar", "seeker", duration_seconds=7_320, joint_seconds=None)
    words_only = said.body.replace("\u2068", "").replace("\u2069", "")
    assert ": ساعتان ودقيقتان." in words_only


@pytest.mark.parametrize("language", LANGUAGES)
def test_request_that_moved_is_no_session_yet(language: Language) -> None:
    titles = {
        said_of("booking.rescheduled", language, role, status=status).title
        for role in ("seeker", "consultant")
        for status in ("requested", "confirmed")
    }
    assert len(titles) == 3
