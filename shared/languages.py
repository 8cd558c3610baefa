"""The languages of the marketplace, for which the web app has texts and mails have templates."""

from __future__ import annotations

import re
from typing import Literal, TypeGuard, get_args

# BCP 47 tags. The first one is the default.
Language = Literal["en", "de", "ar"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT: Language = LANGUAGES[0]
RIGHT_TO_LEFT: frozenset[Language] = frozenset(("ar",))

# One element of an Accept-Language header (RFC 9110, sections 12.4.2 and 12.5.4): the primary
# language subtag and the quality.
_RANGE = re.compile(
    r"\s*([a-z]{1,8})(?:-[a-z0-9]{1,8})*\s*(?:;\s*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*)?",
    re.IGNORECASE,
)


def is_language(tag: str | None) -> TypeGuard[Language]:
    """Whether `tag` is one of the languages."""
    return tag in LANGUAGES


def language_or_default(tag: str | None) -> Language:
    """The chosen language `tag`; the default one if it is None or not supported by this version."""
    return tag if is_language(tag) else DEFAULT


def preferred_language(accept_language: str | None) -> Language | None:
    """The supported language that an Accept-Language header prefers, regardless of region; None if
    it names none of them. Malformed elements are ignored.
    """
    best, highest = None, 0.0
    for element in (accept_language or "").split(","):
        found = _RANGE.fullmatch(element)
        if found is None:
            continue
        tag, quality = found[1].lower(), float(found[2] or 1)
        if quality > highest and is_language(tag):
            best, highest = tag, quality
    return best
