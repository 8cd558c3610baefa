"""Public pages in the reader's language, with the words of the web app."""

from __future__ import annotations

import ast
import json
import re
import string
from pathlib import Path
from typing import Any

import jinja2
import pytest
from jinja2 import nodes

from gateway.site.texts import texts_in
from gateway.tests.conftest import GatewayHarness, Open, Service
from gateway.tests.public_pages import ADDRESS, CARD, SITE, Directory
from gateway.tests.test_first_paint import MANIFEST, TEMPLATES
from gateway.tests.test_first_paint import build as build
from gateway.tests.test_site import meta, text_of
from shared.languages import LANGUAGES, Language

ROOT = Path(__file__).parents[2]
TRANSLATIONS = tuple(language for language in LANGUAGES if language != "en")
GERMAN = {"accept-language": "de-AT,de;q=0.9,en;q=0.8"}
ARABIC = {"accept-language": "ar"}
ICU = re.compile(r"\{(\w+), (number|plural)\b")


def catalogue(language: str) -> dict[str, str]:
    text = (ROOT / f"gateway/site/texts/{language}.json").read_text()
    found: dict[str, str] = json.loads(text)
    assert text == json.dumps(dict(sorted(found.items())), ensure_ascii=False, indent=2) + "\n"
    return found


def arguments(message: str) -> set[str]:
    icu = {name for name, _ in ICU.findall(message)}
    plain = re.sub(r"\{\w+, plural,(?: \w+ \{[^{}]*\})+\}|\{\w+, number\}", "", message)
    return icu | {name for _, name, _, _ in string.Formatter().parse(plain) if name}


# ---- the catalogues


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_what_the_app_shows_too_has_the_same_words(language: Language) -> None:
    app = json.loads((ROOT / f"web/src/locales/{language}.json").read_text())
    shared = {text for text in catalogue(language) if text in app}
    assert len(shared) >= 15
    assert {text: catalogue(language)[text] for text in shared} == {
        text: app[text] for text in shared
    }


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_translations_use_the_same_arguments_and_have_every_plural_form(language: Language) -> None:
    forms = {"de": {"one", "other"}, "ar": {"zero", "one", "two", "few", "many", "other"}}
    for text, translated in catalogue(language).items():
        assert arguments(text) == arguments(translated), text
        for plural in re.findall(r"plural,((?: \w+ \{[^{}]*\})+)", translated):
            assert set(re.findall(r" (\w+) \{", plural)) == forms[language], text


def texts_of_templates() -> set[str]:
    environment = jinja2.Environment(autoescape=True)
    used: set[str] = set()
    for template in TEMPLATES.glob("*.html"):
        for call in environment.parse(template.read_text()).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "t":
                (text,) = call.args
                assert isinstance(text, nodes.Const)
                used.add(text.value)
    return used


def texts_of_modules() -> set[str]:
    """What is given to `t`, and within Texts to `self`."""
    used: set[str] = set()
    for path in (ROOT / "gateway/site").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                first = call.args[0] if call.args else None
                if call.func.id in ("t", "self") and isinstance(first, ast.Constant):
                    used.add(str(first.value))
    return used


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_text_is_translated_and_no_other(language: Language) -> None:
    by_name = {"Not found", "This page needs JavaScript."}
    assert set(catalogue(language)) == texts_of_templates() | texts_of_modules() | by_name


def test_durations_are_said_in_the_largest_whole_unit() -> None:
    said = {
        "en": ["1 second", "8 seconds", "1 minute", "10 minutes", "90 seconds"],
        "de": ["1 Sekunde", "8 Sekunden", "1 Minute", "10 Minuten", "90 Sekunden"],
        "ar": ["ثانية واحدة", "8 ثوانٍ", "دقيقة واحدة", "10 دقائق", "90 ثانية"],
    }
    for language in LANGUAGES:
        t = texts_in(language)
        assert [t.duration(one) for one in (1, 8, 60, 600, 90)] == said[language]


@pytest.mark.parametrize(
    ("language", "amount", "currency", "said"),
    [
        ("en", 15_000, "eur", "150.00 EUR"),
        ("de", 15_000, "eur", "150\xa0€"),
        ("de", 1_234_550, "eur", "12.345,50\xa0€"),
        ("de", 5_000, "jpy", "5.000\xa0¥"),
        ("de", 12_345, "kwd", "12,345\xa0KWD"),
        ("ar", 15_000, "eur", "\u200f150\xa0€"),
    ],
)
def test_prices_are_written_as_in_the_language(
    language: Language, amount: int, currency: str, said: str
) -> None:
    assert texts_in(language).price(amount, currency) == said


def test_what_people_are_called_is_no_argument() -> None:
    said = texts_in("de")("{name} replied: {reply}", name="{reply}", reply="{name, number}")
    assert said == "Antwort von {reply}: {name, number}"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Sessions of up to 1 minute are free."),
        ("de", "Sitzungen von bis zu 1 Minute sind kostenlos."),
        ("ar", "الفترة المجانية في كل جلسة: دقيقة واحدة."),
    ],
)
def test_single_minute_is_in_the_singular(language: Language, said: str) -> None:
    t = texts_in(language)
    assert t("Sessions of up to {time} are free.", time=t.duration(60)) == said


# ---- the pages


async def test_a_german_reader_gets_german_pages(site: GatewayHarness) -> None:
    home = (await site.http.get("/", headers=GERMAN)).text
    assert '<html lang="de" dir="ltr"' in home
    assert "<title>Ask &amp; Co: Sitzungen mit Fachleuten</title>" in home
    said = text_of(home)
    assert "Sprechen Sie mit jemandem, der es schon gemacht hat" in said
    assert "Sitzungen von bis zu 10 Minuten sind kostenlos" in said
    assert "1 Fachperson " in said
    assert "150\xa0€ / Stunde" in home.replace("<strong>", "").replace("</strong>", "")
    assert "4,83" in said
    assert "Mit 4,83 von 5 Sternen bewertet, von 12 Personen" in said
    assert "Verifiziert" in said
    expert = (await site.http.get(ADDRESS, headers=GERMAN)).text
    assert "5 von 5, Ada: Clear." in expert
    assert "Antwort von Grace: Thanks, &lt;Ada&gt;." in expert
    assert f'<link rel="canonical" href="{SITE}{ADDRESS}">' in expert


async def test_an_arabic_reader_gets_pages_from_right_to_left(site: GatewayHarness) -> None:
    for path in ("/", "/find", ADDRESS, "/login", "/nothing"):
        html = (await site.http.get(path, headers={**ARABIC, "accept": "text/html"})).text
        assert html.count('<html lang="ar" dir="rtl"') == 1, path
    home = (await site.http.get("/", headers=ARABIC)).text
    assert "تحدّث مع من سبق له القيام بذلك" in text_of(home)
    assert "خبير واحد" in text_of(home)


@pytest.mark.parametrize("path", ["/", "/find", ADDRESS])
@pytest.mark.parametrize("header", [None, "*", "fr-FR,fr", "en-US", "en,de;q=0.5", "de;q=0", "???"])
async def test_everybody_else_and_every_robot_gets_english(
    site: GatewayHarness, path: str, header: str | None
) -> None:
    expected = (await site.http.get(path, headers={"accept-language": "en"})).text
    headers = {} if header is None else {"accept-language": header}
    if header is None:
        site.http.headers.pop("accept-language", None)
    answer = await site.http.get(path, headers=headers)
    assert answer.text == expected
    assert '<html lang="en"' in expected
    assert meta(expected, "og:url") == SITE + path


@pytest.mark.parametrize("path", ["/", "/find", ADDRESS])
async def test_caches_keep_the_languages_apart(site: GatewayHarness, path: str) -> None:
    tags: dict[Language, str] = {}
    for language in LANGUAGES:
        answer = await site.http.get(path, headers={"accept-language": language})
        varies = [name.strip() for name in answer.headers["vary"].split(",")]
        assert {"Accept-Language", "Cookie", "Accept-Encoding"} <= set(varies)
        tags[language] = answer.headers["etag"]
    assert len(set(tags.values())) == len(LANGUAGES)
    for language, tag in tags.items():
        headers = {"accept-language": language, "if-none-match": tag}
        assert (await site.http.get(path, headers=headers)).status_code == 304
        for other in {*LANGUAGES} - {language}:
            headers["accept-language"] = other
            assert (await site.http.get(path, headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("cookie", "lang"),
    [
        ("language=ar", "ar"),
        ("a=b; language=ar; c=d", "ar"),
        ("language=en", "en"),
        ("language=xx", "de"),
        ("language=arabic", "de"),
        ("my-language=ar", "de"),
        ("", "de"),
    ],
)
async def test_what_was_chosen_in_the_app_goes_before_what_the_browser_prefers(
    site: GatewayHarness, cookie: str, lang: str
) -> None:
    html = (await site.http.get("/", headers={**GERMAN, "cookie": cookie})).text
    assert f'<html lang="{lang}"' in html


async def test_a_list_is_rendered_once_in_each_language(
    site: GatewayHarness, directory: Directory, service: Service
) -> None:
    for _ in range(3):
        for language in LANGUAGES:
            await site.http.get("/find", headers={"accept-language": language})
    assert len(service.received) == 1


async def test_the_apps_texts_are_announced_to_those_who_need_them(
    open_gateway: Open, build: Path, service: Service
) -> None:
    Directory(service)
    manifest: dict[str, Any] = {
        **MANIFEST,
        "src/locales/de.json": {"file": "assets/de-11111111.js", "isDynamicEntry": True},
    }
    (build / ".vite/manifest.json").write_text(json.dumps(manifest))
    site = await open_gateway(web_root=str(build))
    preload = '<link rel="modulepreload" crossorigin href="/assets/de-11111111.js">'
    for path in ("/", ADDRESS):
        assert preload in (await site.http.get(path, headers=GERMAN)).text
        assert preload not in (await site.http.get(path, headers=ARABIC)).text
        assert preload not in (await site.http.get(path)).text


async def test_a_page_of_the_app_says_in_the_readers_language_that_it_needs_javascript(
    site: GatewayHarness,
) -> None:
    html = (await site.http.get("/login", headers=GERMAN)).text
    assert "<noscript>Diese Seite braucht JavaScript.</noscript>" in html


async def test_what_people_wrote_is_the_same_in_every_language(site: GatewayHarness) -> None:
    for language in LANGUAGES:
        html = (await site.http.get(ADDRESS, headers={"accept-language": language})).text
        assert "Grace Hopper" in html
        assert "Second &lt;i&gt;one&lt;/i&gt;." in html
        assert all(tag in html for tag in CARD["expertise_tags"])
