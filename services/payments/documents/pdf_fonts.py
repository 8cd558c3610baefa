"""The fonts of PDFs: which of them have the characters of a text.

The PDF standard's own fonts have the characters of Western Europe only; those of `shared/fonts.py`
have the common scripts. Of other scripts a document has what the operator's own font has; a
character of none is shown as a box, and an emoji of none is left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from shared.fonts import Font, characters_of, is_dispensable, packaged

BOX = "\N{WHITE SQUARE}"


class Fonts(NamedTuple):
    """The font that a text is written in, those that have the rest of its characters, and what is
    written for characters of none: a box, or nothing where the text says the same without.
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
    substitutes = {code: "" if is_dispensable(chr(code)) else BOX for code in missing}
    return Fonts(main, others, substitutes)
