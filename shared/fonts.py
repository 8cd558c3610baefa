"""The fonts of documents and pictures, and which characters each has.

They come as packages, so that text looks the same wherever it is drawn: Arimo for Latin, Greek,
Cyrillic and Hebrew, IBM Plex Sans Arabic, Noto Sans for Devanagari, Thai, Tamil and Telugu, and
Noto Sans CJK for Chinese, Japanese and Korean.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import NamedTuple

import fontpkg
import noto_cjk_sans_otc
from fontTools.ttLib import TTFont

_FAMILIES = (
    ("sans", "Arimo"),
    ("arabic", "IBM Plex Sans Arabic"),
    ("devanagari", "Noto Sans Devanagari"),
    ("thai", "Noto Sans Thai"),
    ("tamil", "Noto Sans Tamil"),
    ("telugu", "Noto Sans Telugu"),
)
# Pictographs, their modifiers, and what is not seen.
_DISPENSABLE = frozenset({"So", "Sk", "Cf", "Cc", "Cn", "Co"})
# Variation selectors, and the sign that makes a key of the character before it.
_VARIATIONS = frozenset({*range(0xFE00, 0xFE10), 0x20E3, *range(0xE0100, 0xE01F0)})


class Font(NamedTuple):
    """A short name for a font, and its file."""

    family: str
    path: Path


@cache
def packaged() -> tuple[Font, ...]:
    """The installed fonts: the first is the usual one, the others have what is missing in those
    before.
    """
    return (
        *(Font(family, fontpkg.path(name)) for family, name in _FAMILIES),
        Font("cjk", Path(str(noto_cjk_sans_otc.FONT_PATH))),
    )


@cache
def characters_of(path: Path) -> frozenset[int]:
    """The characters that a font has, as code points."""
    with TTFont(path, lazy=True, fontNumber=0) as font:
        return frozenset(font.getBestCmap())


def is_dispensable(character: str) -> bool:
    """Whether a text says the same without a character that no font has: an emoji or a part of one,
    the choice of a variant, or what is not seen anyway.
    """
    return ord(character) in _VARIATIONS or unicodedata.category(character) in _DISPENSABLE
