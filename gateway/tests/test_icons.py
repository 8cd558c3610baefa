"""A marketplace with a name or colour of its own is installed under its own icons."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from gateway.config import Brand
from gateway.settings import BUILT_IN_NAME
from gateway.site.brand import BUILT_IN, readable_fill
from gateway.site.icons import BRAND_ICON, icons, initial
from gateway.tests.conftest import GatewayHarness, Open, Service
from gateway.tests.public_pages import INDEX, Directory

ROOT = Path(__file__).parents[2]
PUBLIC = ROOT / "web/public"
PICTURES = {"192": 192, "512": 512, "maskable-512": 512, "apple-touch": 180}


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    assert image.format == "PNG"
    return image.convert("RGBA")


def test_built_in_brand_keeps_the_built_in_icons() -> None:
    assert icons(Brand(BUILT_IN_NAME, BUILT_IN, None)) == {}
    assert icons(Brand(BUILT_IN_NAME, BUILT_IN.upper(), None)) == {}


@pytest.mark.parametrize(("name", "color"), [("Ask Ada", "#7c3aed"), (BUILT_IN_NAME, "#7c3aed")])
def test_each_built_in_icon_has_a_counterpart_of_its_size_in_the_brands_colour(
    name: str, color: str
) -> None:
    made = icons(Brand(name, color, None))
    built_in = {f"/{path.relative_to(PUBLIC).as_posix()}" for path in PUBLIC.glob("icons/*.png")}
    assert set(made) == {*built_in, "/favicon.svg"}
    for icon, side in PICTURES.items():
        image = opened(made[f"/icons/{icon}.png"])
        with Image.open(PUBLIC / f"icons/{icon}.png") as former:
            assert image.size == former.size == (side, side)
            assert image.getpixel((0, 0))[3] == former.convert("RGBA").getpixel((0, 0))[3]  # type: ignore[index]
        assert image.getpixel((side // 2, 3)) == (0x7C, 0x3A, 0xED, 255)
        white = image.convert("RGB").point(lambda value: 255 if value > 250 else 0).getcolors()
        assert {colour: count for count, colour in white or ()}[255, 255, 255] > side
    assert f'fill="{color}"' in made["/favicon.svg"].decode()


@pytest.mark.parametrize("name", ["Ask Ada", "Рынок", "مستشار", "相談所", "ตลาด", "გიორგი"])
def test_symbol_of_a_maskable_icon_is_within_the_circle_that_is_always_shown(name: str) -> None:
    image = opened(icons(Brand(name, "#7c3aed", None))["/icons/maskable-512.png"])
    ink = image.convert("L").point(lambda value: 255 if value > 180 else 0).getbbox()
    assert ink is not None
    left, top, right, bottom = ink
    for x, y in ((left, top), (right, top), (left, bottom), (right, bottom)):
        assert (x - 256) ** 2 + (y - 256) ** 2 <= (0.4 * 512) ** 2
    assert abs((left + right) / 2 - 256) < 24
    assert abs((top + bottom) / 2 - 256) < 6


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("ask ada", "A"),
        ("“émile”", "É"),
        ("№1 Experts", "1"),
        ("ßtore", "S"),
        ("рынок", "Р"),
        ("مستشار", "م"),
        ("相談所", "相"),
        ("გიორგი", None),
        ("🚀", None),
        ("!", None),
    ],
)
def test_initial_is_the_first_letter_or_digit(name: str, letter: str | None) -> None:
    assert initial(name) == letter


def test_icon_for_browsers_needs_none_of_their_fonts() -> None:
    for name in ("Ask Ada", "مستشار", "相談所"):
        svg = icons(Brand(name, "#102030", None))["/favicon.svg"].decode()
        assert "<text" not in svg
        assert re.search(r'<path d="M[\d., A-Z-]+', svg)


def test_a_light_colour_is_darkened_until_white_can_be_read_on_it() -> None:
    made = icons(Brand("Ask Ada", "#ffee00", None))
    image = opened(made["/icons/apple-touch.png"])
    fill = readable_fill("#ffee00")
    assert image.getpixel((1, 1)) == (*bytes.fromhex(fill[1:]), 255)
    assert fill != "#ffee00"


async def _site(open_gateway: Open, root: Path, service: Service, **brand: str) -> GatewayHarness:
    Directory(service)
    (root / "index.html").write_text(INDEX)
    (root / "favicon.svg").write_text("<svg/>")
    return await open_gateway(web_root=str(root), **brand)


async def test_pages_and_manifest_lead_to_the_brands_icons(
    open_gateway: Open, tmp_path: Path, service: Service
) -> None:
    site = await _site(open_gateway, tmp_path, service, brand_name="Ask Ada")
    made = icons(Brand("Ask Ada", BUILT_IN, None))
    manifest = (await site.http.get("/manifest.webmanifest")).json()
    named = {icon["src"] for icon in manifest["icons"]}
    html = (ROOT / "web/index.html").read_text()
    linked = set(re.findall(r'<link rel="(?:icon|apple-touch-icon)" href="([^"]+)"', html))
    assert named | linked == set(made)
    for path, content in made.items():
        answer = await site.http.get(path)
        assert answer.content == content
        kind = "image/svg+xml; charset=utf-8" if path.endswith(".svg") else "image/png"
        assert answer.headers["content-type"] == kind
        assert answer.headers["cache-control"] == "no-cache"
        same = await site.http.get(path, headers={"if-none-match": answer.headers["etag"]})
        assert same.status_code == 304


@pytest.mark.parametrize(
    ("brand", "shown"),
    [
        ({}, None),
        ({"brand_color": "#7c3aed"}, None),
        ({"brand_name": "Ask Ada"}, BRAND_ICON),
        ({"brand_name": "Ask Ada", "brand_logo_url": "/logo.svg"}, "/logo.svg"),
    ],
)
async def test_header_shows_the_logo_or_the_initial_or_the_built_in_mark(
    open_gateway: Open,
    tmp_path: Path,
    service: Service,
    brand: dict[str, str],
    shown: str | None,
) -> None:
    site = await _site(open_gateway, tmp_path, service, **brand)
    header = (await site.http.get("/")).text.partition("<header")[2].partition("</header>")[0]
    assert re.findall(r'<img [^>]*src="([^"]+)"', header) == ([shown] if shown else [])
    assert ("<svg" in header) == (shown is None)
    assert (await site.http.get(BRAND_ICON)).content == (
        await site.http.get("/favicon.svg")
    ).content


def test_the_app_draws_the_header_alike() -> None:
    source = (ROOT / "web/src/app/brand.tsx").read_text()
    assert f'"{BUILT_IN_NAME}"' in source
    assert f'"{BRAND_ICON}"' in source
