"""Conditional reads of what the gateway serves itself: files, pages and documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.tests.conftest import GatewayHarness, Open

CODINGS = {
    "/assets/main-B1x9_kQz.js": ("br", "gzip", "identity"),
    "/find": ("gzip", "identity"),
    "/openapi.json": ("gzip", "identity"),
    "/config": ("gzip", "identity"),
}


@pytest.fixture
async def app(open_gateway: Open, tmp_path: Path) -> GatewayHarness:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(
        f'<head></head><body><div id="root">{"x" * 2_000}</div></body>'
    )
    (tmp_path / "assets" / "main-B1x9_kQz.js").write_text("export {}")
    (tmp_path / "assets" / "main-B1x9_kQz.js.br").write_bytes(b"brotli")
    (tmp_path / "assets" / "main-B1x9_kQz.js.gz").write_bytes(b"gzip")
    return await open_gateway(web_root=str(tmp_path))


async def status(app: GatewayHarness, path: str, coding: str, known: str | None) -> tuple[int, str]:
    """The status of a read, and the tag of what was read."""
    headers = {"accept-encoding": coding, "accept": "*/*"}
    if known is not None:
        headers["if-none-match"] = known
    async with app.http.stream("GET", path, headers=headers) as answer:
        return answer.status_code, answer.headers["etag"]


@pytest.mark.parametrize("path", CODINGS)
async def test_each_coding_has_a_tag_of_its_own(app: GatewayHarness, path: str) -> None:
    tags = {coding: (await status(app, path, coding, None))[1] for coding in CODINGS[path]}
    assert len(set(tags.values())) == len(tags)
    for coding in tags:
        for known in tags:
            expected = 304 if known == coding else 200
            assert (await status(app, path, coding, tags[known]))[0] == expected


@pytest.mark.parametrize("path", CODINGS)
async def test_tags_are_compared_one_by_one(app: GatewayHarness, path: str) -> None:
    _, tag = await status(app, path, "identity", None)
    for known in ("*", f"W/{tag}", f'"other,thing",{tag}', f'"a" , W/{tag}, "b"'):
        assert await status(app, path, "identity", known) == (304, tag)
    for known in (f'"x{tag[1:]}', f'{tag[:-1]}x"', tag[1:-1], "", '"*"', f'"a{tag[:-1]}'):
        assert (await status(app, path, "identity", known))[0] == 200, known
