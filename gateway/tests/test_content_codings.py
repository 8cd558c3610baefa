"""In which coding files, pages and documents are sent, by Accept-Encoding (RFC 9110 §12.5.3)."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.negotiation import (
    BROTLI,
    GZIP,
    IDENTITY,
    accepts_identity,
    content_coding,
    prefers_page,
)
from gateway.request import Request
from gateway.tests.conftest import GatewayHarness, Open

ASSET = "/assets/main-B1x9_kQz.js"
PAGE = "<!doctype html><head></head><body>" + "<p>text</p>" * 200 + '<div id="root"></div></body>'


def request(**headers: str) -> Request:
    fields = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request(
        {
            "method": "GET",
            "path": "/",
            "query_string": b"",
            "client": ("192.0.2.1", 1),
            "scheme": "http",
            "headers": fields,
        }
    )


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", GZIP),
        ("GZip", GZIP),
        ("x-gzip", GZIP),
        ("gzip, deflate, br, zstd", BROTLI),
        ("br;q=0.5, gzip;q=0.8", GZIP),
        ("gzip;q=0", IDENTITY),
        ("gzip; q=0.000, br;q=0", IDENTITY),
        ("gzip;q=0, br", BROTLI),
        ("*", BROTLI),
        ("*;q=0", IDENTITY),
        ("br;q=0, *", GZIP),
        ("gzip;q=0, *;q=0.1", BROTLI),
        ("identity", IDENTITY),
        ("identity;q=1, gzip;q=0.5", IDENTITY),
        ("identity;q=0.5, gzip;q=0.5", GZIP),
        ("identity;q=0", IDENTITY),  # nothing is acceptable: better that than nothing
        ("identity;q=0, gzip;q=0.001", GZIP),
        ("gzip;q=0.001", GZIP),
        ("", IDENTITY),
        ("deflate", IDENTITY),
        ("gzippy, brr, xbr", IDENTITY),
        ("gzip;q=nan", IDENTITY),
        ("gzip;q=2", IDENTITY),
        ("gzip;q=-1", IDENTITY),
    ],
)
def test_coding_is_the_one_that_the_client_likes_most(accepted: str, coding: bytes) -> None:
    assert content_coding(request(accept_encoding=accepted), (BROTLI, GZIP, IDENTITY)) == coding


def test_client_that_says_nothing_gets_no_coding() -> None:
    assert content_coding(request(), (BROTLI, GZIP, IDENTITY)) == IDENTITY
    assert accepts_identity(request())


@pytest.mark.parametrize(
    ("accepted", "accepts"),
    [("gzip", True), ("*", True), ("identity;q=0", False), ("*;q=0", False),
     ("*;q=0, identity", True), ("identity;q=0, *", False)],
)  # fmt: skip
def test_identity_is_accepted_unless_it_is_excluded(accepted: str, accepts: bool) -> None:
    assert accepts_identity(request(accept_encoding=accepted)) is accepts


def test_weight_of_a_media_range_that_is_no_weight_excludes_it() -> None:
    assert not prefers_page(request(accept="text/html;q=nan, application/json;q=0.1"))
    assert not prefers_page(request(accept="text/html;q=9, application/json"))


@pytest.fixture
async def app(open_gateway: Open, tmp_path: Path) -> GatewayHarness:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / ASSET[1:]).write_text("export {}")
    (tmp_path / f"{ASSET[1:]}.br").write_bytes(b"brotli")
    (tmp_path / f"{ASSET[1:]}.gz").write_bytes(b"gzip")
    return await open_gateway(web_root=str(tmp_path))


async def raw(app: GatewayHarness, path: str, *lines: str, method: str = "GET") -> bytes:
    head = [f"{method} {path} HTTP/1.1", "Host: x", "Accept: */*", *lines, "Connection: close"]
    return await app.raw("\r\n".join([*head, "", ""]).encode())


@pytest.mark.parametrize("path", [ASSET, "/login", "/openapi.json", "/asyncapi.json"])
async def test_excluded_coding_is_not_sent_and_vary_says_so(app: GatewayHarness, path: str) -> None:
    plain = await raw(app, path, "Accept-Encoding: gzip;q=0, br;q=0")
    packed = await raw(app, path, "Accept-Encoding: br;q=0, *;q=0.1")
    assert b"content-encoding" not in plain
    assert b"content-encoding: gzip" in packed
    for answer in (plain, packed):
        vary = next(line for line in answer.split(b"\r\n") if line.lower().startswith(b"vary:"))
        assert b"Accept-Encoding" in vary


async def test_accepted_codings_may_come_in_several_lines(app: GatewayHarness) -> None:
    answer = await raw(app, ASSET, "Accept-Encoding: gzip", "Accept-Encoding: gzip;q=0, identity")
    assert b"content-encoding" not in answer


async def test_short_page_is_packed_only_where_it_must_be(app: GatewayHarness) -> None:
    short = "/robots.txt"
    assert b"content-encoding" not in await raw(app, short, "Accept-Encoding: gzip")
    (plain, packed) = [
        await raw(app, "/nothing-here", "Sec-Fetch-Mode: navigate", f"Accept-Encoding: {accepted}")
        for accepted in ("identity", "identity;q=0, gzip")
    ]
    assert b"content-encoding" not in plain
    assert b"content-encoding: gzip" in packed


async def test_head_and_unchanged_are_negotiated_alike(app: GatewayHarness) -> None:
    head = await raw(app, ASSET, "Accept-Encoding: gzip;q=0", method="HEAD")
    assert b"content-encoding" not in head
    assert b"content-length: 9" in head
    etag = next(
        line[6:] for line in head.decode().split("\r\n") if line.lower().startswith("etag: ")
    )
    # What is in another coding is not what the client has.
    packed = await raw(app, ASSET, "Accept-Encoding: gzip", f"If-None-Match: {etag}")
    assert packed.startswith(b"HTTP/1.1 200 ")
    unchanged = await raw(app, ASSET, "Accept-Encoding: gzip;q=0", f"If-None-Match: {etag}")
    assert unchanged.startswith(b"HTTP/1.1 304 ")
    assert b"vary: Accept-Encoding" in unchanged
