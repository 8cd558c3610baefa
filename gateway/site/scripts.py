"""Which font can show a text, which of its characters are left out, and where it may be broken."""

from __future__ import annotations

import unicodedata

from shared.fonts import Font, characters_of, is_dispensable, packaged

# Joiners change the form of Arabic and Indic letters.
_JOINERS = "\u200c\u200d"


def writable(text: str) -> str:
    """`text` on one line, without emoji and other characters that no font here has and that it
    can do without.
    """
    kept = "".join(
        " " if letter.isspace() else letter for letter in text if not _can_be_left_out(letter)
    )
    words = (word.strip(_JOINERS) for word in kept.split())
    return " ".join(word for word in words if word)


def font_for(text: str) -> Font | None:
    """The first font that has all characters of `text`; None where none has, or nothing to show."""
    needed = {ord(letter) for letter in text if not letter.isspace() and letter not in _JOINERS}
    if not needed:
        return None
    return next((font for font in packaged() if needed <= characters_of(font.path)), None)


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction has that one (UAX #9, rules P2 and P3)."""
    directions = (unicodedata.bidirectional(letter) for letter in text)
    return next((one for one in directions if one in ("L", "R", "AL")), "L") != "L"


def needs_shaping(text: str) -> bool:
    """Whether its letters change their order or form beside others: those written from right to
    left, and scripts with combining marks (Indic scripts, Thai).
    """
    return any(
        unicodedata.bidirectional(letter) in ("R", "AL")
        or unicodedata.category(letter) in ("Mn", "Mc")
        for letter in text
    )


def break_points(text: str) -> list[int]:
    """Where a word that is too long for a line may be broken: not before a combining mark."""
    return [
        at
        for at in range(1, len(text))
        if not unicodedata.category(text[at]).startswith("M") and text[at - 1] not in _JOINERS
    ]


def _can_be_left_out(letter: str) -> bool:
    if letter.isspace() or letter in _JOINERS or not is_dispensable(letter):
        return False
    return not any(ord(letter) in characters_of(font.path) for font in packaged())
