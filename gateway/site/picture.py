"""The picture that a link to a public page is shown with: 1200 × 630, drawn for each."""

from __future__ import annotations

import asyncio
import functools
import io
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageFont

SIZE = (1200, 630)
_MARGIN = 80
_LINES = 3
# The built-in font has these letters; another script would be a row of boxes.
_LAST_LETTER = "\u024f"
Font: TypeAlias = ImageFont.FreeTypeFont | ImageFont.ImageFont
_WHITE, _SOFT = (255, 255, 255), (255, 255, 255, 200)


@functools.lru_cache(256)
def draw(name: str, headline: str, brand: str, color: str) -> bytes:
    """The picture as a PNG; texts that the font cannot show are left out."""
    image = Image.new("RGB", SIZE, color)
    pen = ImageDraw.Draw(image, "RGBA")
    top = _MARGIN + 60
    for text, size in ((name, 84), (headline, 44)):
        font = ImageFont.load_default(size)
        for line in _wrapped(text, font, pen):
            pen.text((_MARGIN, top), line, font=font, fill=_WHITE)
            top += int(size * 1.3)
        top += 24
    if _can_be_shown(brand):
        font = ImageFont.load_default(32)
        pen.text((_MARGIN, SIZE[1] - _MARGIN), brand, font=font, fill=_SOFT)
    made = io.BytesIO()
    image.save(made, "PNG", optimize=True)
    return made.getvalue()


async def picture(name: str, headline: str, brand: str, color: str) -> bytes:
    """`draw`, beside the event loop: it takes tens of milliseconds."""
    return await asyncio.to_thread(draw, name, headline, brand, color)


def _can_be_shown(text: str) -> bool:
    return all(character <= _LAST_LETTER or character in "’–—“”…" for character in text)


def _wrapped(text: str, font: Font, pen: ImageDraw.ImageDraw) -> list[str]:
    """`text` in lines that fit, three at most."""
    if not _can_be_shown(text):
        return []
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if pen.textlength(longer, font=font) <= SIZE[0] - 2 * _MARGIN:
            line = longer
            continue
        lines.append(line)
        line = word
    lines = [line for line in (*lines, line) if line]
    return lines[:_LINES]
