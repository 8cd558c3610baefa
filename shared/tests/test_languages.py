"""The languages of the marketplace, and which of them a request prefers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shared.languages import DEFAULT, LANGUAGES, language_or_default, preferred_language

WEB = Path(__file__).parents[2] / "web" / "src"


@pytest.mark.parametrize(
    ("header", "preferred"),
    [
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("en;q=0.8, ar-EG;q=0.9", "ar"),
        ("fr-FR,fr;q=0.9,de;q=0.4,en;q=0.3", "de"),
        ("DE-de", "de"),
        ("de;q=0.5, en;q=0.5", "de"),
        ("de;q=0, en;q=0.1", "en"),
        ("de ; q=1.000", "de"),
        ("zh-Hant-TW, ar-Arab-EG-u-nu-latn", "ar"),
    ],
)
def test_the_language_of_the_highest_quality_is_preferred(header: str, preferred: str) -> None:
    assert preferred_language(header) == preferred


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "*",
        "fr",
        "de;q=0",
        "de;q=0.000",
        "deu",
        "den-DE",
        "de_DE",
        "de;q=2",
        "de;q=x",
        ";",
    ],
)
def test_a_header_that_names_none_of_them_prefers_nothing(header: str | None) -> None:
    assert preferred_language(header) is None


def test_malformed_elements_do_not_hide_the_others() -> None:
    assert preferred_language("de;q=1.5,,\x00, ar;q=0.1") == "ar"


def test_a_long_header_is_read_in_one_pass() -> None:
    assert preferred_language("x-" + "a-" * 30_000 + ",de") == "de"


@pytest.mark.parametrize("tag", [None, "", "fr", "de-DE"])
def test_a_language_that_is_not_chosen_or_not_known_is_the_default(tag: str | None) -> None:
    assert language_or_default(tag) == DEFAULT == "en"


def test_they_are_those_of_the_web_app() -> None:
    rows = re.findall(r"^  (\w+): \{ name: ", (WEB / "lib/i18n/languages.ts").read_text(), re.M)
    catalogues = {path.stem for path in (WEB / "locales").glob("*.json")}
    assert set(rows) == set(LANGUAGES) == catalogues | {DEFAULT}
