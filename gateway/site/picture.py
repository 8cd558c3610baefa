"""The picture that a link to a public page is shown with: 1200 × 630, drawn for each."""

from __future__ import annotations

import asyncio
import functools
import io
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont, features

from gateway.site.scripts import (
    break_points,
    font_for,
    is_right_to_left,
    needs_shaping,
    writable,
)

SIZE = (1200, 630)
_MARGIN = 80
_WIDTH = SIZE[0] - 2 * _MARGIN
_LINES = 3
_WHITE, _SOFT = (255, 255, 255), (255, 255, 255, 200)


class _Text(NamedTuple):
    """A text in a font that has all its characters, and whether it begins on the right."""

    text: str
    font: ImageFont.FreeTypeFont
    from_right: bool

    def width(self, text: str) -> float:
        return self.font.getlength(text)


@functools.lru_cache(256)
def draw(name: str, headline: str, brand: str, color: str) -> bytes:
    """The picture as a PNG. Texts are written in their own script, from right to left where it
    is; those that cannot be shown are left out.
    """
    image = Image.new("RGB", SIZE, color)
    pen = ImageDraw.Draw(image, "RGBA")
    top = _MARGIN + 60
    for text, size in ((name, 84), (headline, 44)):
        written = _prepared(text, size)
        for line in _wrapped(written) if written else ():
            _write(pen, line, top, _WHITE)
            top += int(size * 1.3)
        top += 24
    written = _prepared(brand, 32)
    if written:
        _write(pen, written, SIZE[1] - _MARGIN, _SOFT)
    made = io.BytesIO()
    image.save(made, "PNG", optimize=True)
    return made.getvalue()


async def picture(name: str, headline: str, brand: str, color: str) -> bytes:
    """`draw`, beside the event loop: it takes tens of milliseconds."""
    return await asyncio.to_thread(draw, name, headline, brand, color)


def can_shape() -> bool:
    """Whether letters can be joined and put in order: Pillow contains Raqm, which loads FriBiDi, a
    library of the system, when it is first used.
    """
    return features.check("raqm") is True


def _prepared(text: str, size: int) -> _Text | None:
    shown = writable(text)
    font = font_for(shown)
    if font is None or (needs_shaping(shown) and not can_shape()):
        return None
    return _Text(shown, _loaded(str(font.path), size), is_right_to_left(shown))


@functools.lru_cache(32)
def _loaded(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


def _write(pen: ImageDraw.ImageDraw, line: _Text, top: float, fill: tuple[int, ...]) -> None:
    """At the margin on the side where the script begins; `top` is that of a Latin capital's line,
    whatever the font.
    """
    baseline = top + line.font.size
    x, anchor = (SIZE[0] - _MARGIN, "rs") if line.from_right else (_MARGIN, "ls")
    pen.text((x, baseline), line.text, font=line.font, fill=fill, anchor=anchor)


def _wrapped(written: _Text) -> list[_Text]:
    """In lines that fit, three at most; the last one says so where something is left out."""
    lines: list[str] = []
    rest = written.text
    while rest:
        end = _fitting(written, rest)
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
        if rest and len(lines) == _LINES:
            lines[-1] = _shortened(written, lines[-1])
            break
    return [written._replace(text=line) for line in lines]


def _fitting(written: _Text, text: str) -> int:
    """How much of `text` fits on a line: whole words, or as much of a longer word as fits."""
    if written.width(text) <= _WIDTH:
        return len(text)
    words = [at for at, letter in enumerate(text) if letter.isspace()]
    for ends in (words, break_points(text)):
        fits = [at for at in ends if written.width(text[:at].rstrip()) <= _WIDTH]
        if fits:
            return fits[-1]
    return len(text)


def _shortened(written: _Text, line: str) -> str:
    ends = [*break_points(line), len(line)]
    fits = (at for at in reversed(ends) if written.width(f"{line[:at].rstrip()}…") <= _WIDTH)
    return f"{line[: next(fits, 0)].rstrip()}…"
