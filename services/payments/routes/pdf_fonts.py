"""The fonts of PDFs: which of them have the characters of a text.

The PDF standard's own fonts have the characters of Western Europe only. These come as packages, so
that a document looks the same wherever it is made: Arimo for Latin, Greek, Cyrillic and Hebrew, IBM
Plex Sans Arabic, and Noto Sans CJK for Chinese, Japanese and Korean. Of other scripts a document
has what the operator's own font has; a character of none is shown as a box.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import NamedTuple

import fontpkg
import noto_cjk_sans_otc
from fontTools.ttLib import TTFont

BOX = "\N{WHITE SQUARE}"


class Font(NamedTuple):
    """A font's name in a document, and its file."""

    family: str
    path: Path


@cache
def packaged() -> tuple[Font, ...]:
    """The fonts that are installed with the service: the first is what a document is written in,
    the others have what is missing in those before.
    """
    return (
        Font("sans", fontpkg.path("Arimo")),
        Font("arabic", fontpkg.path("IBM Plex Sans Arabic")),
        Font("cjk", Path(str(noto_cjk_sans_otc.FONT_PATH))),
    )


class Fonts(NamedTuple):
    """The font that a text is written in, those that have the rest of its characters, and what is
    written for characters of none: a box, and nothing for what is not seen anyway.
    """

    main: Font
    others: list[Font]
    substitutes: dict[int, str]


def fonts_for(text: str, own: str) -> Fonts:
    """The fonts for `text`. `own` is the path of the operator's font, which goes before all others;
    empty where there is none.
    """
    known = [*([Font("own", Path(own))] if own else []), *packaged()]
    main = known.pop(0)
    characters = {ord(character) for character in text}
    missing = {code for code in characters if not chr(code).isspace()} - characters_of(main.path)
    others = []
    for font in known:
        if missing and missing & characters_of(font.path):
            others.append(font)
            missing -= characters_of(font.path)
    return Fonts(main, others, {code: _substitute(code) for code in missing})


def _substitute(code: int) -> str:
    return "" if unicodedata.category(chr(code)).startswith("C") else BOX


@cache
def characters_of(path: Path) -> frozenset[int]:
    """The characters that a font has, as code points."""
    with TTFont(path, lazy=True, fontNumber=0) as font:
        return frozenset(font.getBestCmap())
