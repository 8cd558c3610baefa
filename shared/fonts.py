"""The fonts of documents and pictures, and which characters each has.

They come as packages, so that text looks the same wherever it is drawn: Arimo for Latin, Greek,
Cyrillic and Hebrew, IBM Plex Sans Arabic, Noto Sans for Devanagari, Thai, Tamil and Telugu, and
Noto Sans CJK for Chinese, Japanese and Korean.
"""

from __future__ import annotations

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
