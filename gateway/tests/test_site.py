"""The public pages as robots, link previews and people without JavaScript see them."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gateway.config import client_config
from gateway.settings import GatewaySettings
from gateway.site.addresses import expert_path, short_id
from gateway.site.build import Build
from gateway.site.site import Site
from gateway.tests.conftest import GatewayHarness, Open, Service
from gateway.tests.public_pages import ADDRESS, CARD, GRACE, INDEX, PROFILE, SITE, Directory
from shared.ids import new_id

ROOT = Path(__file__).parents[2]


def meta(html: str, name: str) -> str:
    found = re.search(rf'<meta (?:name|property)="{name}" content="([^"]*)"', html)
    assert found is not None, name
    return found[1]


def text_of(html: str) -> str:
    """What is read, in one line."""
    return " ".join(re.sub(r"<[^>]*>", "", html).split())


def facts(html: str) -> list[dict[str, Any]]:
    return [
        json.loads(text)
        for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    ]


def first_screen(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="first-screen">(.*?)</script>', html)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


async def test_home_says_what_it_is_and_shows_experts(site: GatewayHarness) -> None:
    html = (await site.http.get("/", headers={"accept": "*/*"})).text
    assert html.count("<title>") == 1
    assert "<title>Ask &amp; Co: sessions with experts</title>" in html
    assert "The app." not in html
    assert f'<link rel="canonical" href="{SITE}/">' in html
    assert meta(html, "og:site_name") == "Ask &amp; Co"
    assert meta(html, "og:url") == f"{SITE}/"
    assert meta(html, "description") == meta(html, "og:description")
    assert re.search(rf'<a href="{ADDRESS}"[^>]*>Grace Hopper</a>', html)
    assert "150.00 EUR per hour" in text_of(html)
    assert "Sessions of up to 10 minutes are free" in text_of(html)
    assert meta(html, "og:image") == meta(html, "twitter:image") == f"{SITE}/share.png"
    website, experts = facts(html)
    assert (website["@type"], website["name"]) == ("WebSite", "Ask & Co")
    assert website["potentialAction"]["target"] == f"{SITE}/find?q={{search}}"
    assert 'params.get("q")' in (ROOT / "web/src/features/directory/filters.ts").read_text()
    assert experts["itemListElement"][0]["url"] == SITE + ADDRESS
    assert first_screen(html)["/consultants?limit=24&sort=relevance"]["items"][0] == CARD


async def test_find_has_its_own_head(site: GatewayHarness) -> None:
    html = (await site.http.get("/find?tag=navy")).text
    assert "<title>Find an expert · Ask &amp; Co</title>" in html
    assert f'<link rel="canonical" href="{SITE}/find">' in html
    assert "Grace Hopper" in text_of(html)


async def test_experts_page_is_readable_without_javascript(site: GatewayHarness) -> None:
    answer = await site.http.get(ADDRESS, headers={"user-agent": "Twitterbot/1.0", "accept": "*/*"})
    html = answer.text
    assert answer.status_code == 200
    assert re.search(r"<h1[^>]*>Grace Hopper</h1>", html)
    assert "150.00 EUR per hour" in text_of(html)
    assert "Sessions of up to 10 minutes are free." in text_of(html)
    assert "Verified" in text_of(html)
    assert '<p class="words">First paragraph.\n\nSecond &lt;i&gt;one&lt;/i&gt;.</p>' in html
    assert "5 of 5, Ada: Clear." in html
    assert "Grace replied: Thanks, &lt;Ada&gt;." in html
    assert f'<link rel="canonical" href="{SITE}{ADDRESS}">' in html
    assert meta(html, "og:type") == "profile"
    assert meta(html, "og:image") == f"{SITE}{ADDRESS}/share.png"
    assert meta(html, "twitter:card") == "summary_large_image"
    assert meta(html, "description") == "First paragraph. Second &lt;i&gt;one&lt;/i&gt;."
    person, service = facts(html)
    assert (person["@type"], person["name"]) == ("Person", "Grace Hopper")
    assert service["aggregateRating"]["ratingValue"] == 4.83
    assert (service["offers"]["price"], service["offers"]["priceCurrency"]) == ("150.00", "EUR")
    assert first_screen(html)[f"/consultants/{GRACE}/profile"] == PROFILE
    # what people type ends no script element
    assert html.count("</script>") == html.count("<script")


@pytest.mark.parametrize(
    "old",
    [
        f"/experts/{GRACE}",
        f"/experts/another-name-{short_id(GRACE)}",
        f"/experts/{str(GRACE).upper()}",
    ],
)
async def test_other_addresses_of_an_expert_lead_to_the_one(site: GatewayHarness, old: str) -> None:
    answer = await site.http.get(f"{old}?week=2026-11-23", headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (301, f"{ADDRESS}?week=2026-11-23")


async def test_expert_who_left_is_gone_and_one_who_never_was_is_not_found(
    site: GatewayHarness, directory: Directory
) -> None:
    left, never = new_id(), new_id()
    directory.answers[f"/internal/consultants/{left}/gone"] = {"gone": True}
    directory.answers[f"/internal/consultants/{never}/gone"] = {"gone": False}
    for address, status in (
        (expert_path(left, "x"), 410),
        (expert_path(never, "x"), 404),
        ("/experts/nobody", 404),
        ("/experts/x-" + "z" * 22, 404),
    ):
        answer = await site.http.get(address, headers={"accept": "*/*"})
        assert answer.status_code == status, address
        assert meta(answer.text, "robots") == "noindex"


@pytest.mark.parametrize("path", ["/dashboard", "/login", "/booking/1", "/account"])
async def test_what_is_no_public_page_is_not_indexed(site: GatewayHarness, path: str) -> None:
    html = (await site.http.get(path)).text
    assert meta(html, "robots") == "noindex"
    assert "canonical" not in html


async def test_app_is_sent_while_the_directory_is_away(
    site: GatewayHarness, service: Service
) -> None:
    await service.kill()
    for path in ("/", "/find"):
        answer = await site.http.get(path)
        assert answer.status_code == 200
        assert "first-screen" not in answer.text
        assert "No experts are listed yet." not in answer.text
    expert = await site.http.get(ADDRESS)
    # With 200 and nothing to index, a search engine would forget the expert.
    assert (expert.status_code, expert.headers["retry-after"]) == (503, "2")
    assert '<div id="root">' in expert.text
    sitemap = await site.http.get("/sitemap.xml")
    assert (sitemap.status_code, sitemap.headers["retry-after"]) == (503, "2")


async def test_many_who_look_at_one_page_cost_one_question(
    site: GatewayHarness, service: Service
) -> None:
    for _ in range(5):
        await site.http.get("/find")
    assert len(service.received) == 1


async def test_list_is_rendered_once_for_each_answer_of_the_directory() -> None:
    class Answers:
        """A catalogue with one answer at a time."""

        def __init__(self) -> None:
            self.now: Any = {"items": [CARD], "next_cursor": None}

        async def at(self, _: str) -> Any:
            return self.now

    answers: Any = Answers()
    site = Site(Build(INDEX, {}), answers, SITE, client_config(GatewaySettings()))
    first = await site.home()
    assert await site.home() is first
    assert (await site.find()).body != first.body
    answers.now = {"items": [{**CARD, "first_name": "Ada"}], "next_cursor": None}
    later = await site.home()
    assert b"Ada Hopper" in later.body
    answers.now = None  # the directory is away
    assert b"Hopper" not in (await site.home()).body


async def test_each_expert_has_a_picture_to_share(site: GatewayHarness) -> None:
    answer = await site.http.get(f"{ADDRESS}/share.png")
    assert answer.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)
    assert (await site.http.get("/experts/nobody/share.png")).status_code == 404


async def test_marketplace_has_a_picture_to_share(
    open_gateway: Open, directory: Directory, tmp_path: Path
) -> None:
    def colour_of(content: bytes) -> Any:
        with Image.open(io.BytesIO(content)) as image:
            assert (image.format, image.size) == ("PNG", (1200, 630))
            assert len(image.getcolors(1 << 16) or ()) > 1  # something is written on it
            return image.getpixel((0, 0))

    (tmp_path / "index.html").write_text(INDEX)
    site = await open_gateway(web_root=str(tmp_path), brand_color="#102030")
    answer = await site.http.get("/share.png", headers={"accept": "*/*"})
    assert answer.headers["content-type"] == "image/png"
    assert colour_of(answer.content) == (0x10, 0x20, 0x30)


async def test_page_says_once_what_needs_javascript(site: GatewayHarness) -> None:
    for path in ("/", "/find", ADDRESS):
        html = (await site.http.get(path)).text
        assert len(re.findall("needs JavaScript", html)) == 1, path
        assert "This page needs JavaScript" not in html, path
    assert "This page needs JavaScript" in (await site.http.get("/login")).text


async def test_marketplaces_logo_is_the_icon_of_every_page(
    open_gateway: Open, directory: Directory, tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text(INDEX)
    for logo, icon in (
        ("", '<link rel="icon" href="/favicon.svg" type="image/svg+xml" />'),
        ("/l.svg?a&b", '<link rel="icon" href="/l.svg?a&amp;b">'),
    ):
        site = await open_gateway(web_root=str(tmp_path), brand_logo_url=logo)
        for path in ("/", ADDRESS, "/login"):
            html = (await site.http.get(path)).text
            assert re.findall('<link rel="icon"[^>]*>', html) == [icon]
