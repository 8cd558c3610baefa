"""The sitemap, and what looking at pages of the directory may cost it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from gateway.site.addresses import short_id
from gateway.tests.conftest import GatewayHarness, Open, ReceivedRequest, Service, reply
from gateway.tests.public_pages import ADDRESS, CARD, GRACE, INDEX, PROFILE, SITE, Directory
from shared.ids import new_id


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
