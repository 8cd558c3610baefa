"""The web app's files."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.tests.conftest import GatewayHarness, Open
from gateway.tests.test_gateway_app import assert_problem

HTML = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def build(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>app</title>")
    (tmp_path / "favicon.svg").write_text("<svg/>")
    (tmp_path / "assets" / "main-B1x9_kQz.js").write_text("export {}")
    (tmp_path / "assets" / "main-B1x9_kQz.js.br").write_bytes(b"brotli")
    (tmp_path / "assets" / "main-B1x9_kQz.js.gz").write_bytes(b"gzip")
    (tmp_path / "secret").symlink_to("/etc")
    return tmp_path


@pytest.fixture
async def app(open_gateway: Open, build: Path) -> GatewayHarness:
    return await open_gateway(web_root=str(build), stripe_js_url="http://127.0.0.1:4242/v3/")


@pytest.mark.parametrize(
    "path", ["/", "/bookings", "/find/anything?tag=x", "/consultants/ada", "/index.html"]
)
async def test_page_is_the_app_whatever_its_address(app: GatewayHarness, path: str) -> None:
    if path == "/bookings":  # an API path, by another method
        assert_problem(await app.http.get(path, headers=HTML), 405, "method_not_allowed")
        return
    response = await app.http.get(path, headers=HTML)
    assert (response.status_code, response.text) == (200, "<!doctype html><title>app</title>")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["x-request-id"]


async def test_page_may_run_its_own_scripts_and_stripes(app: GatewayHarness) -> None:
    policy = (await app.http.get("/", headers=HTML)).headers["content-security-policy"]
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split("; ")}
    sandbox = "http://127.0.0.1:4242"
    assert rules["script-src"] == ["'self'", "https://js.stripe.com", sandbox]
    assert rules["connect-src"] == ["'self'", "https://api.stripe.com", sandbox]
    assert rules["frame-src"] == ["https://js.stripe.com", "https://hooks.stripe.com", sandbox]
    assert rules["frame-ancestors"] == ["'none'"]


async def test_program_that_does_not_ask_for_a_page_is_told_that_there_is_nothing(
    app: GatewayHarness,
) -> None:
    for accept in ("*/*", "application/json"):
        assert_problem(await app.http.get("/nothing", headers={"accept": accept}), 404, "not_found")
    assert_problem(await app.http.get("/users/me", headers=HTML), 401, "unauthenticated")


async def test_hashed_asset_is_kept_for_ever_and_others_are_asked_about(
    app: GatewayHarness,
) -> None:
    asset = await app.http.get("/assets/main-B1x9_kQz.js", headers={"accept-encoding": "identity"})
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert asset.headers["content-type"] == "text/javascript; charset=utf-8"
    assert asset.text == "export {}"
    icon = await app.http.get("/favicon.svg")
    assert icon.headers["cache-control"] == "no-cache"
    again = await app.http.get("/favicon.svg", headers={"if-none-match": icon.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_packed_sibling_is_sent_to_whoever_takes_it(app: GatewayHarness) -> None:
    for accepted, encoding, body in (("gzip, br", b"br", b"brotli"), ("gzip", b"gzip", b"gzip")):
        raw = await app.raw(
            f"GET /assets/main-B1x9_kQz.js HTTP/1.1\r\nHost: x\r\nAccept-Encoding: {accepted}\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        assert b"content-encoding: " + encoding in raw
        assert b"vary: Accept-Encoding" in raw
        assert raw.endswith(b"\r\n\r\n" + body)


async def test_head_of_a_file_has_its_length(app: GatewayHarness) -> None:
    response = await app.http.head("/favicon.svg")
    assert (response.headers["content-length"], response.content) == ("6", b"")


@pytest.mark.parametrize(
    "path", ["/secret/passwd", "/../etc/passwd", "/assets/%2e%2e/index.html", "/assets/"]
)
async def test_nothing_but_the_build_is_served(app: GatewayHarness, path: str) -> None:
    raw = await app.raw(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert raw.startswith(b"HTTP/1.1 404 ")
    assert b"root:" not in raw


async def test_without_a_build_a_plain_page_answers(gateway: GatewayHarness) -> None:
    response = await gateway.http.get("/", headers=HTML)
    assert response.status_code == 200
    assert '<a href="/docs">' in response.text


async def test_config_says_what_the_app_must_know(open_gateway: Open) -> None:
    gateway = await open_gateway(
        brand_name="Ask Ada",
        brand_color="#102030",
        commission_bps=700,
        stripe_publishable_key="pk_test_1",
    )
    answer = await gateway.http.get("/config", headers={"accept": "*/*"})
    config = answer.json()
    assert answer.headers["content-type"].startswith("application/json")
    assert config["brand"] == {"name": "Ask Ada", "color": "#102030", "logo_url": None}
    assert config["features"] == {"sandbox": False, "verified_email_required": False}
    numbers = {name: value for name, value in config.items() if isinstance(value, int)}
    assert numbers == {
        "free_period_seconds": 600,
        "commission_bps": 700,
        "cancel_free_seconds": 86400,
        "late_cancel_bps": 5000,
        "minimum_slot_seconds": 900,
        "start_early_seconds": 900,
    }
    assert (config["locales"][0], config["stripe_publishable_key"]) == ("en", "pk_test_1")
    assert (await gateway.http.post("/config")).status_code == 404
