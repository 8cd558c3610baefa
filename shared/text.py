"""Which text is accepted from users, and the form in which it is stored. Pure.

Invisible text, and characters that reorder displayed text, let one user pose as another; both are
rejected. The remaining text is stored in one Unicode form (NFC), so that what looks equal is equal.
"""

from __future__ import annotations

import functools
import re
import unicodedata
import zoneinfo

import idna

LONGEST_EMAIL = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets
LONGEST_LOCAL = 64

CONTROL = "must not contain control characters"
LINE_BREAK = "must be one line"
INVISIBLE = "must not contain invisible characters"
DIRECTION = "must not contain characters that override the direction of text"
UNASSIGNED = "must not contain characters without a meaning in Unicode"
BLANK = "must contain something that can be seen"

_LINE_BREAKS = frozenset("\n\r\v\f\x85\u2028\u2029")
_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Format characters that scripts need: joiners, direction marks, and enclosing number signs.
_FORMAT_ALLOWED = frozenset(
    "\u200c\u200d\u200e\u200f\u061c\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891"
    "\u08e2\U000110bd\U000110cd"
)
# Letters and symbols by category that are nevertheless drawn as nothing.
_FILLERS = frozenset("\u3164\uffa0")
_BLANK = _FILLERS | frozenset("\u115f\u1160\u2800\U0001d159")
# Subdivision flags such as England's: a black flag followed by tag characters.
_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e007a]{1,8}\U000e007f")
# Reserved for emoji: a phone may be newer than this program's tables.
_PICTURES = range(0x1F000, 0x1FB00)

# Everything allowed in an atom or a label, including other scripts (RFC 6531); no white space,
# controls or specials.
_LOCAL = r"[^\s\x00-\x20\"(),:;<>@\[\\\]\x7f-\xa0]+"
_LETTER = r"[^\s\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\xa0]"
_LABEL = rf"{_LETTER}(?:(?:{_LETTER}|-)*{_LETTER})?"
_TOP_LABEL = rf"(?!\d+$){_LETTER}(?:{_LETTER}|-)*{_LETTER}"
_EMAIL = re.compile(rf"(?P<local>{_LOCAL})@(?P<domain>(?:{_LABEL}\.)+{_TOP_LABEL})")
_LONGEST_LABEL = 63
_ASCII_PREFIX = "xn--"

# Names that a system may have in addition to IANA's.
_NO_ZONES = frozenset(("localtime", "posixrules", "Factory"))


def normalized(text: str) -> str:
    """`text` in its stored form: composed (NFC), one kind of line break, no surrounding white
    space.
    """
    text = unicodedata.normalize("NFC", text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.strip()


def fault_of_line(text: str) -> str | None:
    """Why `text` is not acceptable as a line that others read (a name, a headline, a tag), as the
    end of a sentence; None if it is.
    """
    if any(character in _LINE_BREAKS for character in text):
        return LINE_BREAK
    fault = _fault_of_characters(text, frozenset(), unassigned_allowed=False)
    return fault or (None if is_visible(text) else BLANK)


def fault_of_paragraphs(text: str) -> str | None:
    """Why `text` is not acceptable as a longer text of several lines, which may be empty; None if
    it is.
    """
    # Characters that were recently added to Unicode are accepted: a whole message must not be
    # rejected because the sender's keyboard is newer than this program's tables.
    return _fault_of_characters(text, frozenset("\n\r\t"), unassigned_allowed=True)


def is_visible(text: str) -> bool:
    """Whether at least one character of `text` is visible by itself."""
    return any(
        unicodedata.category(character)[0] in "LNPS" and character not in _BLANK
        for character in text
    )


def _fault_of_characters(
    text: str, controls_allowed: frozenset[str], *, unassigned_allowed: bool
) -> str | None:
    if text.isascii() and text.isprintable():
        return None
    for character in _FLAG.sub("", text):
        fault = _fault_of(unicodedata.category(character), character, unassigned_allowed)
        if fault is not None and character not in controls_allowed:
            return fault
    return None


def _fault_of(category: str, character: str, unassigned_allowed: bool) -> str | None:
    if character in _DIRECTION:
        return DIRECTION
    if category in ("Cc", "Zl", "Zp"):
        return CONTROL
    if (category == "Cf" and character not in _FORMAT_ALLOWED) or character in _FILLERS:
        return INVISIBLE
    if category in ("Cs", "Co"):
        return UNASSIGNED
    if category == "Cn" and not (unassigned_allowed or ord(character) in _PICTURES):
        return UNASSIGNED
    return None


# ---- e-mail addresses


def email_key(email: str) -> str:
    """A comparison key, equal for two spellings of one address: case-folded, in one Unicode form,
    with the domain in its own script (`xn--mnchen-3ya.example` is `münchen.example`).
    """
    folded = unicodedata.normalize("NFKC", email.strip()).casefold()
    local, at, domain = unicodedata.normalize("NFKC", folded).rpartition("@")
    return local + at + ".".join(_readable_label(label) for label in domain.split("."))


def is_email(text: str) -> bool:
    """Whether it has the form of a deliverable address; only sending mail can tell whether it
    exists.
    """
    email = text.strip()
    if len(email) > LONGEST_EMAIL or len(email_key(email)) > LONGEST_EMAIL:
        return False
    match = _EMAIL.fullmatch(email)
    if match is None or not all(map(_is_address_character, email)):
        return False
    local = match["local"]
    return (
        len(local) <= LONGEST_LOCAL
        and not local.startswith(".")
        and not local.endswith(".")
        and ".." not in local
        and _is_domain(match["domain"])
    )


def _is_address_character(character: str) -> bool:
    """Whether it is a visible letter, mark, digit, punctuation or symbol."""
    return unicodedata.category(character)[0] in "LMNPS" and character not in _BLANK


def _is_domain(domain: str) -> bool:
    try:
        labels = [_ascii_label(label) for label in domain.split(".")]
    except (idna.IDNAError, UnicodeError):
        return False
    return all(len(label) <= _LONGEST_LABEL for label in labels)


def _ascii_label(label: str) -> str:
    """A label in its ASCII (DNS) form. Raises IDNAError if it has none."""
    label = unicodedata.normalize("NFKC", label).casefold()
    if not label.isascii():
        return idna.alabel(label).decode()
    if label.startswith(_ASCII_PREFIX):
        idna.ulabel(label)
    return label


def _readable_label(label: str) -> str:
    if not label.startswith(_ASCII_PREFIX):
        return label
    try:
        return idna.ulabel(label)
    except (idna.IDNAError, UnicodeError):
        return label


# ---- time zones


@functools.cache
def time_zones() -> frozenset[str]:
    """The names of IANA's time zones, aliases such as `Asia/Calcutta` included."""
    return frozenset(zoneinfo.available_timezones() - _NO_ZONES)


def is_time_zone(text: str) -> bool:
    """Whether it is an IANA name. Uses the list rather than `ZoneInfo(text)`, which opens files."""
    return text in time_zones()
