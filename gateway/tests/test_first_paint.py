"""What is seen before the web app runs: its own markup and styles, the marketplace's colour, and
the settings that it starts with.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gateway.site.brand import brand_styles
from gateway.site.build import Build
from gateway.site.first_screen import hue, initials, photo_at
from gateway.tests.conftest import GatewayHarness, Open, Service
from gateway.tests.public_pages import ADDRESS, Directory

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "gateway/site/templates"
INDEX = """<!doctype html>
<html lang="en"><head><meta charset="utf-8" /><title>App</title>
<script type="module" crossorigin src="/assets/index-11111111.js"></script>
<link rel="modulepreload" crossorigin href="/assets/vendor-11111111.js">
<link rel="stylesheet" crossorigin href="/assets/index-11111111.css">
</head><body><div id="root"></div></body></html>"""
MANIFEST = {
    "index.html": {"file": "assets/index-11111111.js", "css": ["assets/index-11111111.css"]},
    "_vendor.js": {"file": "assets/vendor-11111111.js"},
    "_shared.js": {"file": "assets/shared-11111111.js", "css": ["assets/shared-11111111.css"]},
    "src/app/routes/expert.tsx": {
        "file": "assets/expert-11111111.js",
        "imports": ["_vendor.js", "_shared.js", "index.html"],
        "css": ["assets/expert-11111111.css"],
    },
}
STYLES = {
    "index": "a{color:var(--first)}",
    "shared": "b{color:red}",
    "expert": "i{color:blue}",
}


@pytest.fixture
def build(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text(INDEX)
    (tmp_path / ".vite").mkdir()
    (tmp_path / ".vite/manifest.json").write_text(json.dumps(MANIFEST))
    (tmp_path / "assets").mkdir()
    for name, css in STYLES.items():
        (tmp_path / f"assets/{name}-11111111.css").write_text(css)
    return tmp_path


@pytest.fixture
async def site(open_gateway: Open, build: Path, service: Service) -> GatewayHarness:
    Directory(service)
    return await open_gateway(web_root=str(build), brand_name="Ask & Co", brand_color="#7c3aed")


def _link(name: str) -> str:
    return f'<link rel="stylesheet" crossorigin href="/assets/{name}-11111111.css"'


async def test_a_public_page_is_painted_without_a_second_answer(site: GatewayHarness) -> None:
    for path in ("/", "/find"):
        html = (await site.http.get(path)).text
        assert f"<style>{STYLES['index']}</style>" in html
        assert _link("index") + " disabled>" in html
        assert _link("index") + ">" not in html
        assert "_card_expert-card" in html


async def test_an_experts_page_brings_the_styles_and_names_the_scripts_of_its_screen(
    site: GatewayHarness,
) -> None:
    html = (await site.http.get(ADDRESS)).text
    inlined = re.findall(r"<style>(.*?)</style>", html)[:3]
    assert inlined == [STYLES["index"], STYLES["shared"], STYLES["expert"]]
    preloaded = re.findall(r'<link rel="modulepreload" crossorigin href="/assets/(\w+)-', html)
    assert preloaded == ["vendor", "shared", "expert"]


@pytest.mark.parametrize("path", ["/login", "/dashboard", "/nothing"])
async def test_a_page_that_the_app_paints_links_its_styles(site: GatewayHarness, path: str) -> None:
    html = (await site.http.get(path, headers={"accept": "text/html"})).text
    assert _link("index") + ">" in html
    assert STYLES["index"] not in html


@pytest.mark.parametrize("path", ["/", "/find", ADDRESS, "/login", "/dashboard", "/nothing"])
async def test_every_page_brings_the_settings_and_the_marketplaces_colour(
    site: GatewayHarness, path: str
) -> None:
    html = (await site.http.get(path, headers={"accept": "text/html"})).text
    found = re.search(r'<script type="application/json" id="config">(.*?)</script>', html)
    assert found is not None
    assert json.loads(found[1]) == (await site.http.get("/config")).json()
    assert html.count('id="config"') == 1
    assert "--mantine-color-pine-7:#7c3aed" in html


async def test_nothing_is_said_of_a_free_period_where_there_is_none(
    open_gateway: Open, build: Path, service: Service
) -> None:
    Directory(service)
    for seconds, said in ((0, None), (8, "8 seconds"), (60, "1 minute"), (5400, "90 minutes")):
        gateway = await open_gateway(web_root=str(build), free_period_seconds=seconds)
        for path in ("/", ADDRESS):
            html = (await gateway.http.get(path)).text.partition('id="config"')[0]
            assert said is None or said in html
            assert ("free" in html) == (said is not None)


def test_a_build_without_a_manifest_links_what_it_has() -> None:
    build = Build(INDEX, {})
    assert _link("index") + ">" in build.with_styles("src/app/routes/expert.tsx")


def test_templates_have_the_classes_of_the_web_app() -> None:
    """Their names are made of the app's files: one that is renamed would be left without a look."""
    modules = {path.name: path.read_text() for path in (ROOT / "web/src").rglob("*.module.css")}
    used = [
        found
        for template in TEMPLATES.glob("*.html")
        for found in re.findall(r"'([\w-]+)' \| style\('([\w-]+)'\)", template.read_text())
    ]
    assert len(used) > 40
    unknown = {
        (name, module)
        for name, module in used
        if not re.search(rf"\.{name}\b", modules.get(f"{module}.module.css", ""))
    }
    assert not unknown


@pytest.mark.parametrize(
    "example", json.loads((ROOT / "web/src/app/brand-colors.examples.json").read_text()).items()
)
def test_colours_are_those_of_the_web_app(example: tuple[str, dict[str, dict[str, str]]]) -> None:
    color, made = example
    css = brand_styles(color)
    scheme = ':root[data-mantine-color-scheme="{}"]'
    for part, selector in (
        ("variables", ":root"),
        ("light", scheme.format("light")),
        ("dark", scheme.format("dark")),
    ):
        rules = ";".join(f"{name}:{value}" for name, value in made[part].items())
        assert not rules or f"{selector}{{{rules}}}" in css
    assert bool(css) == bool(made["variables"])


@pytest.mark.parametrize("seconds", [0, 600])
async def test_the_page_promises_what_the_app_promises(
    open_gateway: Open, build: Path, service: Service, seconds: int
) -> None:
    Directory(service)
    gateway = await open_gateway(web_root=str(build), free_period_seconds=seconds)
    html = (await gateway.http.get("/")).text
    promise = re.search(r"<h1>(.*?)</h1>\s*<p>(Book an hour with an expert\.) (.*?)</p>", html)
    assert promise is not None
    app = (ROOT / "web/src/app/routes/directory.tsx").read_text()
    for said in promise.groups():
        text = re.escape(f'"{said.replace("10 minutes", "{time}")}"')
        assert re.search(rf"\bt\(\s*{text}", app)


def test_people_look_as_the_app_draws_them() -> None:
    assert hue("Grace Hopper") == 356
    assert initials(("Grace", " hopper")) == "GH"
    assert initials(("李", "")) == "李"
    assert photo_at("/photos/x.640.webp", 44) == "/photos/x.96.webp"
    assert photo_at("/photos/x.640.webp", 52) == "/photos/x.256.webp"
    assert photo_at("/photos/x.640.webp", 400) == "/photos/x.640.webp"
