"""The public pages as robots, link previews and people without JavaScript see them."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gateway.config import client_config
from gateway.settings import GatewaySettings
from gateway.site.addresses import expert_path, id_in, short_id, slug
from gateway.site.build import Build
from gateway.site.site import Site
from gateway.tests.conftest import GatewayHarness, Open, ReceivedRequest, Service, reply
from shared.ids import new_id

INDEX = """<!doctype html>
<html lang="en"><head><meta charset="utf-8" />
<meta name="description" content="The app." />
<title>App</title></head><body><div id="root"></div></body></html>"""
GRACE = UUID("019a4a5e-2c00-7c31-9d5e-3f1a2b4c5d6e")
CARD: dict[str, Any] = {
    "consultant_id": str(GRACE),
    "first_name": "Grace",
    "last_name": "Hopper",
    "headline": "Compilers </script><b>& more",
    "expertise_tags": ["compilers", "navy"],
    "languages": ["en"],
    "hourly_rate": 15000,
    "currency": "eur",
    "average_rating": 4.83,
    "rating_count": 12,
    "verified": True,
    "next_available_at": "2026-12-01T09:00:00Z",
    "created_at": "2026-11-22T18:20:00Z",
    "updated_at": "2026-11-22T18:20:00.123456Z",
}
PROFILE = {**CARD, "bio": "First paragraph.\n\nSecond <i>one</i>."}
RATING = {
    "score": 5,
    "comment": "Clear.",
    "seeker_first_name": "Ada",
    "created_at": "2026-11-22T18:20:00Z",
}
ADDRESS = expert_path(GRACE, "Grace", "Hopper")
SITE = "https://market.example"


class Directory:
    """What the directory answers, by address."""

    def __init__(self, service: Service) -> None:
        self.answers: dict[str, Any] = {
            "/consultants?limit=24&sort=relevance": {"items": [CARD], "next_cursor": None},
            f"/consultants/{GRACE}/profile": PROFILE,
            f"/consultants/{GRACE}/ratings?limit=10": {"items": [RATING], "next_cursor": None},
            "/internal/consultants/starts?every=49000": [str(GRACE)],
        }
        service.answer = self.answer

    async def answer(self, received: ReceivedRequest, writer: Any) -> None:
        found = self.answers.get(received.target)
        status = 200 if found is not None else 404
        writer.write(reply(status, json.dumps(found or {}).encode()))


@pytest.fixture
def directory(service: Service) -> Directory:
    return Directory(service)


@pytest.fixture
async def site(open_gateway: Open, tmp_path: Path, directory: Directory) -> GatewayHarness:
    (tmp_path / "index.html").write_text(INDEX)
    return await open_gateway(web_root=str(tmp_path), public_url=SITE, brand_name="Ask & Co")


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
    assert "The first 10 minutes are free" in text_of(html)
    website, experts = facts(html)
    assert (website["@type"], website["name"]) == ("WebSite", "Ask & Co")
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
    assert "The first 10 minutes of each session are free." in text_of(html)
    assert "Verified" in text_of(html)
    assert '<p class="words">First paragraph.\n\nSecond &lt;i&gt;one&lt;/i&gt;.</p>' in html
    assert "5 of 5, Ada: Clear." in html
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
    for path in ("/", "/find", ADDRESS):
        answer = await site.http.get(path)
        assert answer.status_code == 200
        assert "first-screen" not in answer.text
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


async def test_robots_find_the_sitemap(site: GatewayHarness) -> None:
    answer = await site.http.get("/robots.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert f"Sitemap: {SITE}/sitemap.xml" in answer.text
    assert "Disallow: /bookings" in answer.text
    assert "Disallow: /experts" not in answer.text


async def test_sitemap_lists_the_public_pages_with_their_last_change(
    site: GatewayHarness, directory: Directory
) -> None:
    after = UUID(int=GRACE.int - 1)
    directory.answers[f"/internal/consultants?after={after}&limit=5000"] = [CARD]
    answer = await site.http.get("/sitemap.xml")
    assert answer.headers["content-type"].startswith("application/xml")
    addresses = re.findall(r"<loc>(.*?)</loc>", answer.text)
    assert addresses == [f"{SITE}/", f"{SITE}/find", SITE + ADDRESS]
    assert "<lastmod>2026-11-22T18:20:00Z</lastmod>" in answer.text


async def test_long_sitemap_is_split(site: GatewayHarness, directory: Directory) -> None:
    other = UUID(int=GRACE.int + 10)
    directory.answers["/internal/consultants/starts?every=49000"] = [str(GRACE), str(other)]
    both = [CARD, {**CARD, "consultant_id": str(other)}]
    for first, rows in ((GRACE, both), (other, both[1:])):
        after = UUID(int=first.int - 1)
        directory.answers[f"/internal/consultants?after={after}&limit=5000"] = rows
    index = (await site.http.get("/sitemap.xml")).text
    parts = re.findall(r"<loc>(.*?)</loc>", index)
    assert parts == [f"{SITE}/sitemaps/0.xml", f"{SITE}/sitemaps/1.xml"]
    pages = [(await site.http.get(part.removeprefix(SITE))).text for part in parts]
    assert [page.count("/experts/") for page in pages] == [1, 1]
    assert short_id(other) in pages[1]
    assert (await site.http.get("/sitemaps/2.xml")).status_code == 404


async def test_each_expert_has_a_picture_to_share(site: GatewayHarness) -> None:
    answer = await site.http.get(f"{ADDRESS}/share.png")
    assert answer.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)
    assert (await site.http.get("/experts/nobody/share.png")).status_code == 404


# ---- addresses


@given(st.uuids())
def test_an_address_gives_its_id_back(consultant_id: UUID) -> None:
    assert id_in(expert_path(consultant_id, "Zoë", "O’Neill").rpartition("/")[2]) == consultant_id
    assert id_in(str(consultant_id)) == consultant_id
    as_long_as_an_id = expert_path(consultant_id, "Wilma", "Sparrow").rpartition("/")[2]
    assert len(as_long_as_an_id) == 36
    assert id_in(as_long_as_an_id) == consultant_id


@given(st.text(max_size=40))
def test_no_segment_is_more_than_unknown(segment: str) -> None:
    id_in(segment)


@given(st.text(max_size=200))
def test_slugs_are_plain(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug(name))
    assert len(slug(name)) <= 60


def test_slugs_read_well() -> None:
    assert slug("Zoë", "Müller-Weiß") == "zoe-muller-weiss"
    assert slug("李", "小龍") == "expert"


async def test_sitemap_that_breaks_off_is_not_taken_for_a_whole_one(
    site: GatewayHarness, service: Service, directory: Directory
) -> None:
    async def answer(received: ReceivedRequest, writer: Any) -> None:
        if received.target.startswith("/internal/consultants?after="):
            writer.write(reply(500, b"{}"))
        else:
            await directory.answer(received, writer)

    service.answer = answer
    sent = await site.raw(b"GET /sitemap.xml HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    assert sent.count(b"HTTP/1.1 ") == 1
    assert not sent.endswith(b"0\r\n\r\n")


async def test_head_of_a_sitemap_says_nothing_of_its_length(site: GatewayHarness) -> None:
    answer = await site.http.head("/sitemap.xml")
    assert answer.status_code == 200
    assert "content-length" not in answer.headers


@pytest.mark.parametrize(
    "path",
    ["/experts/x-{}", "/experts/x-{}/", "/experts/x-{}/share.png", "/sitemap.xml"],
)
async def test_refused_caller_costs_the_directory_nothing(
    open_gateway: Open, service: Service, directory: Directory, tmp_path: Path, path: str
) -> None:
    (tmp_path / "index.html").write_text(INDEX)
    site = await open_gateway(web_root=str(tmp_path), rate_limit_per_minute=1)
    await site.http.get(path.format(short_id(GRACE)))
    service.received.clear()
    answer = await site.http.get(path.format(short_id(new_id())))
    assert answer.status_code == 429
    assert not service.received


async def test_large_page_of_the_directory_is_counted_once(
    open_gateway: Open, directory: Directory, tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text(INDEX)
    directory.answers[f"/consultants/{GRACE}/profile"] = {**PROFILE, "bio": "x" * 70_000}
    site = await open_gateway(web_root=str(tmp_path), rate_limit_per_minute=2)
    statuses = [(await site.http.get(ADDRESS)).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
