"""Dates, durations and amounts as each language writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.notifications.mail.formats import Formats
from shared.currencies import CURRENCIES
from shared.languages import LANGUAGES, Language

START = datetime(2026, 12, 1, 13, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "Tuesday, 1 December 2026, 14:05–15:05 (Europe/Berlin)"),
        ("de", "Dienstag, 1. Dezember 2026, 14:05–15:05 Uhr (Europe/Berlin)"),
        ("ar", "الثلاثاء، 1 ديسمبر 2026، 2:05 م–3:05 م (Europe/Berlin)"),
    ],
)
def test_a_span_names_the_day_once_and_the_zone(language: Language, written: str) -> None:
    assert Formats(language, "Europe/Berlin").span(START, START + HOUR) == written


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "Tuesday, 1 December 2026, 18:50 (Asia/Kathmandu)"),
        ("de", "Dienstag, 1. Dezember 2026, 18:50 Uhr (Asia/Kathmandu)"),
        ("ar", "الثلاثاء، 1 ديسمبر 2026، 6:50 م (Asia/Kathmandu)"),
    ],
)
def test_an_instant_is_in_the_readers_zone(language: Language, written: str) -> None:
    assert Formats(language, "Asia/Kathmandu").instant(START) == written


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_span_across_midnight_or_a_change_of_the_clock_is_written_in_full(
    language: Language,
) -> None:
    formats = Formats(language, "Europe/Berlin")
    night = datetime(2026, 12, 1, 22, 30, tzinfo=UTC)
    put_back = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    for start in (night, put_back):
        both = f"{formats.instant(start)} – {formats.instant(start + HOUR)}"
        assert formats.span(start, start + HOUR) == both


def test_an_unknown_zone_is_utc() -> None:
    assert Formats("en", "Mars/Olympus").instant(START).endswith("13:05 (UTC)")


@pytest.mark.parametrize(
    ("language", "amount", "currency", "written"),
    [
        ("en", 6_000, "eur", "€60.00"),
        ("en", 123_456_789, "USD", "US$1,234,567.89"),
        ("en", 500, "jpy", "JP¥500"),
        ("de", 123_456_789, "eur", "1.234.567,89\xa0€"),
        ("de", 1_230, "kwd", "1,230\xa0KWD"),
        ("de", 7_500, "isk", "75\xa0ISK"),
        ("ar", 6_000, "eur", "\u200f60.00\xa0€"),
        ("ar", 6_000, "usd", "\u200f60.00\xa0US$\u200e"),
        ("ar", 1_230, "kwd", "\u200f1.230\xa0د.ك.\u200f"),
    ],
)
def test_amounts_are_written_as_the_language_does(
    language: Language, amount: int, currency: str, written: str
) -> None:
    assert Formats(language, "UTC").money(amount, currency) == written


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("currency", sorted(CURRENCIES))
def test_no_amount_that_can_be_charged_is_rounded(language: Language, currency: str) -> None:
    known = CURRENCIES[currency]
    amount = 1_234_567 * known.step
    digits = "".join(c for c in Formats(language, "UTC").money(amount, currency) if c.isdecimal())
    plain = known.text(amount).partition(" ")[0]
    assert digits == plain.replace(".", "")


@pytest.mark.parametrize(
    ("language", "seconds", "written"),
    [
        ("en", 0, "0 minutes"),
        ("en", 45, "45 seconds"),
        ("en", 3_900, "1 hour and 5 minutes"),
        ("en", 7_259, "2 hours"),
        ("de", 3_900, "1 Stunde und 5 Minuten"),
        ("de", 1, "1 Sekunde"),
        ("de", 60, "1 Minute"),
        ("ar", 3_900, "ساعة و5 دقائق"),
        ("ar", 7_320, "ساعتان ودقيقتان"),
    ],
)
def test_durations_are_hours_and_minutes(language: Language, seconds: int, written: str) -> None:
    assert Formats(language, "UTC").duration(seconds) == written
