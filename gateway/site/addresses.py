"""Readable addresses of experts: `/experts/{slug}-{short id}`. Pure."""

from __future__ import annotations

import re
import unicodedata
from uuid import UUID

# Base 58: no 0, O, I, l, which are easily taken for each other. A UUID has 22 of them at most.
_DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_WIDTH = 22
_WRITTEN = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_LONGEST_SLUG = 60
_LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "þ": "th", "ı": "i"}


def slug(*names: str) -> str:
    """`names` in lower-case ASCII letters and digits with hyphens between words; "expert" where
    nothing of them is left.
    """
    text = " ".join(names).casefold()
    text = "".join(_LETTERS.get(letter, letter) for letter in text)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    made = re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST_SLUG].strip("-")
    return made or "expert"


def short_id(consultant_id: UUID) -> str:
    """The id in 22 characters."""
    number, digits = consultant_id.int, ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits.rjust(_WIDTH, _DIGITS[0])


def expert_path(consultant_id: UUID, *names: str) -> str:
    """The address of an expert's page."""
    return f"/experts/{slug(*names)}-{short_id(consultant_id)}"


def id_in(segment: str) -> UUID | None:
    """The id that an address ends in, as a short id or (in old addresses) written out."""
    try:
        written = _WRITTEN.fullmatch(segment)
        return UUID(segment) if written else _from_short(segment.rpartition("-")[2])
    except ValueError:
        return None


def _from_short(text: str) -> UUID:
    if len(text) != _WIDTH:
        raise ValueError("not a short id")
    number = 0
    for character in text:
        number = number * len(_DIGITS) + _DIGITS.index(character)
    return UUID(int=number)
