"""The web app's files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.negotiation import accepts_page, prefers_page
from gateway.pages import page_at
from gateway.request import Request
from gateway.site.legal import NAMES
from gateway.tests.assertions import assert_problem
from gateway.tests.conftest import HELLO, GatewayHarness, Open, Service

ROOT = Path(__file__).parents[2]
HTML = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def build(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(
        '<!doctype html><head><title>app</title></head><body><div id="root"></div>'
    )
    (tmp_path / "favicon.svg").write_text("<svg/>")
    (tmp_path / "assets" / "main-B1x9_kQz.js").write_text("export {}")
    (tmp_path / "assets" / "main-B1x9_kQz.js.br").write_bytes(b"brotli")
    (tmp_path / "assets" / "main-B1x9_kQz.js.gz").write_bytes(b"gzip")
    (tmp_path / "secret").symlink_to("/etc")
    return tmp_path


@pytest.fixture
async def app(open_gateway: Open, build: Path) -> GatewayHarness:
    return await open_gateway(web_root=str(build), stripe_js_url="http://127.0.0.1:4242/v3/")


@pytest.mark.parametrize("path", ["/", "/find?tag=x", "/login", "/dashboard", "/booking/7"])
@pytest.mark.parametrize("headers", [HTML, {"accept": "*/*"}, {"accept": ""}])
async def test_page_is_the_app_for_whoever_takes_one(
    app: GatewayHarness, path: str, headers: dict[str, str]
) -> None:
    response = await app.http.get(path, headers=headers)
    assert response.status_code == 200
    assert '<div id="root">' in response.text
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"
    assert "Accept" in response.headers["vary"]
    assert "Sec-Fetch-Mode" in response.headers["vary"]
    assert response.headers["x-request-id"]


async def test_page_is_not_sent_to_whoever_takes_none(app: GatewayHarness) -> None:
    answer = await app.http.get("/find", headers={"accept": "application/json"})
    assert_problem(answer, 404, "not_found")
    assert "Accept" in answer.headers["vary"]


@pytest.mark.parametrize(
    "path", ["/assets/none.js", "/find/anything", "/consultants/ada", "/nothing", "/experts"]
)
async def test_what_is_neither_page_nor_api_is_not_found_in_the_form_asked_for(
    app: GatewayHarness, path: str
) -> None:
    page = await app.http.get(path, headers=HTML)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert '<meta name="robots" content="noindex">' in page.text
    assert_problem(await app.http.get(path, headers={"accept": "*/*"}), 404, "not_found")
    assert_problem(await app.http.get(path), 404, "not_found")


async def test_address_of_page_and_api_is_answered_with_what_is_asked_for(
    app: GatewayHarness, service: Service
) -> None:
    for headers in ({"sec-fetch-mode": "navigate", "accept": "*/*"}, HTML):
        page = await app.http.get("/consultants", headers=headers)
        assert (page.status_code, page.headers["location"]) == (302, "/find")
        assert "Sec-Fetch-Mode" in page.headers["vary"]
    assert not service.received
    for headers in ({"accept": "*/*", "sec-fetch-mode": "cors"}, {"accept": "application/json"}):
        answer = await app.http.get("/consultants", headers=headers)
        assert (answer.status_code, answer.content) == (200, HELLO)
        assert "Sec-Fetch-Mode" in answer.headers["vary"]


@pytest.mark.parametrize(
    ("accept", "preferred", "accepted"),
    [
        (None, False, True),
        ("*/*", False, True),
        ("text/html", True, True),
        ("text/html,application/xhtml+xml,*/*;q=0.8", True, True),
        ("application/json", False, False),
        ("application/json, text/html;q=0.9", False, True),
        ("text/html;q=0", False, False),
        ("text/*;q=0.5, application/json;q=0.4", True, True),
        ("text/html;q=nonsense", False, False),
    ],
)
def test_what_is_preferred_is_read_from_accept(
    accept: str | None, preferred: bool, accepted: bool
) -> None:
    headers = [] if accept is None else [(b"accept", accept.encode())]
    scope = {"method": "GET", "path": "/", "client": None, "scheme": "http", "headers": headers,
             "query_string": b""}  # fmt: skip
    request = Request(scope)
    assert (prefers_page(request), accepts_page(request)) == (preferred, accepted)


def test_every_page_of_the_app_is_known() -> None:
    """A screen that the gateway does not know would be a 404 when it is reloaded."""
    source = (ROOT / "web/src/app/router.tsx").read_text()
    paths = {"/" + path for path in re.findall(r'path: "([^"*]+)"', source)}
    assert len(paths) > 10
    paths -= {"/_gallery"}  # the app has it in development only
    unknown = {path for path in paths if page_at(re.sub(r":\w+", "x", path)) is None}
    assert not unknown


@pytest.mark.parametrize("name", ["terms", "privacy", "imprint", "contact"])
async def test_legal_page_is_the_operators_text(open_gateway: Open, build: Path, name: str) -> None:
    texts = build / "legal"
    texts.mkdir()
    (texts / f"{name}.md").write_text(
        "> A template.\n\n# Our words\n\n<script>alert(1)</script> & so on\n"
    )
    app = await open_gateway(web_root=str(build), legal_root=str(texts), brand_name="Rat & Tat")
    page = await app.http.get(f"/{name}", headers={"accept": "*/*"})
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<title>Our words · Rat &amp; Tat</title>" in page.text
    assert "<blockquote>" in page.text
    assert "<h1>Our words</h1>" in page.text
    assert "<script" not in page.text
    assert "content-security-policy" in page.headers
    others = {"terms", "privacy", "imprint", "contact"} - {name}
    for other in others:
        assert (await app.http.get(f"/{other}", headers=HTML)).status_code == 404


def test_templates_of_legal_pages_say_that_they_are() -> None:
    for name in NAMES:
        text = (ROOT / "deploy/legal" / f"{name}.md").read_text()
        assert text.startswith("> This is a template."), name


async def test_page_may_run_its_own_scripts_and_stripes(app: GatewayHarness) -> None:
    policy = (await app.http.get("/", headers=HTML)).headers["content-security-policy"]
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split("; ")}
    sandbox = "http://127.0.0.1:4242"
    assert rules["script-src"] == ["'self'", "https://js.stripe.com", sandbox]
    assert rules["connect-src"] == ["'self'", "https://api.stripe.com", sandbox]
    assert rules["frame-src"] == ["https://js.stripe.com", "https://hooks.stripe.com", sandbox]
    assert rules["frame-ancestors"] == ["'none'"]


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


async def test_app_is_installed_under_the_name_of_the_marketplace(open_gateway: Open) -> None:
    gateway = await open_gateway(brand_name="Ask Ada", brand_color="#102030")
    answer = await gateway.http.get("/manifest.webmanifest")
    manifest = answer.json()
    assert answer.headers["content-type"] == "application/manifest+json"
    assert (manifest["name"], manifest["theme_color"]) == ("Ask Ada", "#102030")
    assert (manifest["start_url"], manifest["display"]) == ("/", "standalone")
    sizes = {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]}
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} == sizes
    assert all((Path("web/public") / icon["src"][1:]).is_file() for icon in manifest["icons"])


async def test_config_says_what_the_app_must_know(open_gateway: Open) -> None:
    gateway = await open_gateway(
        brand_name="Ask Ada",
        default_currency="usd",
        brand_color="#102030",
        commission_bps=700,
        stripe_publishable_key="pk_test_1",
    )
    answer = await gateway.http.get("/config", headers={"accept": "*/*"})
    config = answer.json()
    assert answer.headers["content-type"].startswith("application/json")
    assert config["brand"] == {"name": "Ask Ada", "color": "#102030", "logo_url": None}
    assert config["features"] == {"sandbox": False, "verified_email_required": False}
    assert config["currencies"][0].keys() == {"code", "exponent", "minimum", "maximum", "step"}
    codes = [one["code"] for one in config["currencies"]]
    assert codes[0] == "usd"
    assert len(codes) == len(set(codes)) > 100
    numbers = {name: value for name, value in config.items() if isinstance(value, int)}
    assert numbers == {
        "free_period_seconds": 600,
        "commission_bps": 700,
        "cancel_free_seconds": 86400,
        "late_cancel_bps": 5000,
        "minimum_slot_seconds": 900,
        "start_early_seconds": 900,
        "auto_end_after_seconds": 900,
    }
    assert (config["locales"][0], config["stripe_publishable_key"]) == ("en", "pk_test_1")
    assert (await gateway.http.post("/config")).headers["allow"] == "GET, HEAD, OPTIONS"
