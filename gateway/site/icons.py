"""The icons of a marketplace that has a name or colour of its own: its initial on its colour, or
under the built-in name the built-in mark. The built-in icons are files of the web app.
"""

from __future__ import annotations

import io
import unicodedata
from functools import cache
from typing import NamedTuple

from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from gateway.config import Brand
from gateway.settings import BUILT_IN_NAME
from gateway.site.brand import BUILT_IN, readable_fill
from gateway.site.scripts import font_for

BRAND_ICON = "/icons/brand.svg"
"""The icon at an address that no service worker has kept from before a change of the name."""
# In the units of the icon's view box.
_SIDE = 32
_RADIUS = 8
_LARGEST_GLYPH = 16
_STROKE = 0.7  # the font's usual weight is thin for an icon
_SCALE = 4  # drawn larger than needed, so that edges are smooth
_MARK = (
    '<path d="M20.6 11.4a6.5 6.5 0 1 0 0 9.2" fill="none" stroke="#fff" stroke-width="3.2" '
    'stroke-linecap="round"/><circle cx="22.6" cy="16" r="2.6" fill="#ffc27a"/>'
)
_DOT = (0xFF, 0xC2, 0x7A)
_WHITE = (0xFF, 0xFF, 0xFF)


class _Format(NamedTuple):
    """A picture of `side` pixels, with the corners cut off or to the edges. A `maskable` one may
    lose everything outside a circle of four fifths, so its symbol is smaller.
    """

    side: int
    rounded: bool = False
    maskable: bool = False


_FORMATS = {
    "192": _Format(192, rounded=True),
    "512": _Format(512, rounded=True),
    "maskable-512": _Format(512, maskable=True),
    "apple-touch": _Format(180),
}


def icons(brand: Brand) -> dict[str, bytes]:
    """By path, what is served in place of the built-in icons; nothing for the built-in brand."""
    if brand.name == BUILT_IN_NAME and brand.color.lower() == BUILT_IN:
        return {}
    color, letter = readable_fill(brand.color), initial(brand.name)
    if brand.name == BUILT_IN_NAME:
        letter = None
    pictures = {
        f"/icons/{name}.png": _picture(form, color, letter) for name, form in _FORMATS.items()
    }
    return {"/favicon.svg": _svg(color, letter), **pictures}


def initial(name: str) -> str | None:
    """The first letter or digit of a name, in upper case; None if no font has it."""
    found = next((one for one in name if unicodedata.category(one)[0] in "LN"), "")
    letter = unicodedata.normalize("NFC", found.upper())[:1]
    return letter if font_for(letter) is not None else None


def _svg(color: str, letter: str | None) -> bytes:
    symbol = _outline(letter) if letter is not None else _MARK
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIDE} {_SIDE}">'
        f'<rect width="{_SIDE}" height="{_SIDE}" rx="{_RADIUS}" fill="{color}"/>{symbol}</svg>'
    ).encode()


@cache
def _outline(letter: str) -> str:
    """The letter as a path in the middle: browsers have fonts of their own."""
    font = font_for(letter)
    assert font is not None
    with TTFont(font.path, fontNumber=0) as file:
        glyphs = file.getGlyphSet()
        glyph = glyphs[file.getBestCmap()[ord(letter)]]
        bounds = BoundsPen(glyphs)
        glyph.draw(bounds)
        left, bottom, right, top = bounds.bounds or (0, 0, 1, 1)
        scale = _LARGEST_GLYPH / max(right - left, top - bottom)
        path = SVGPathPen(glyphs, ntos=lambda value: f"{value:.2f}".rstrip("0").rstrip("."))
        middle = _SIDE / 2
        x, y = middle - scale * (left + right) / 2, middle + scale * (bottom + top) / 2
        glyph.draw(TransformPen(path, (scale, 0, 0, -scale, x, y)))
    return (
        f'<path d="{path.getCommands()}" fill="#fff" stroke="#fff" stroke-width="{_STROKE}" '
        'stroke-linejoin="round"/>'
    )


def _picture(form: _Format, color: str, letter: str | None) -> bytes:
    side = form.side * _SCALE
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0) if form.rounded else color)
    pen = ImageDraw.Draw(image)
    if form.rounded:
        pen.rounded_rectangle((0, 0, side - 1, side - 1), side * _RADIUS / _SIDE, fill=color)
    unit = side / _SIDE * (0.8 if form.maskable else 1)
    if letter is None:
        _draw_mark(pen, side / 2, unit)
    else:
        _draw_letter(pen, letter, side / 2, unit)
    made = io.BytesIO()
    image.resize((form.side, form.side), Image.Resampling.LANCZOS).save(made, "PNG", optimize=True)
    return made.getvalue()


def _draw_letter(pen: ImageDraw.ImageDraw, letter: str, middle: float, unit: float) -> None:
    found = font_for(letter)
    assert found is not None
    path, wanted = str(found.path), _LARGEST_GLYPH * unit
    left, top, right, bottom = ImageFont.truetype(path, 1000).getbbox(letter)
    font = ImageFont.truetype(path, 1000 * wanted / max(right - left, bottom - top))
    left, top, right, bottom = font.getbbox(letter)
    at = middle - (left + right) / 2, middle - (top + bottom) / 2
    pen.text(at, letter, font=font, fill=_WHITE, stroke_width=_STROKE * unit / 2)


def _draw_mark(pen: ImageDraw.ImageDraw, middle: float, unit: float) -> None:
    """The same as `_MARK`: a ring that is open to the right, with round ends, and a dot."""

    def disc(x: float, y: float, radius: float, fill: tuple[int, int, int]) -> None:
        x, y, radius = middle + x * unit, middle + y * unit, radius * unit
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)

    outer = (6.5 + 1.6) * unit
    box = (middle - outer, middle - outer, middle + outer, middle + outer)
    pen.arc(box, start=45, end=315, fill=_WHITE, width=round(3.2 * unit))
    for y in (-4.6, 4.6):
        disc(4.6, y, 1.6, _WHITE)
    disc(6.6, 0, 2.6, _DOT)
