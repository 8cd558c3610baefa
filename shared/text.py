"""Rules for text entered by users, and its normalization. Pure.

Invisible text, and characters that reorder the text around them, would let one person impersonate
another; both are rejected. Accepted text is stored in one Unicode normalization form (NFC), so that
texts that look equal are equal.
"""

from __future__ import annotations

import functools
import re
import unicodedata

import idna

from shared import characters, patterns

MAX_EMAIL_LENGTH = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets

CONTROL = "must not contain control characters"
LINE_BREAK = "must be one line"
INVISIBLE = "must not contain invisible characters"
DIRECTION = "must not contain characters that override the direction of text"
UNASSIGNED = "must not contain unassigned Unicode characters"
NOT_AN_EMAIL = f"must be an e-mail address of at most {MAX_EMAIL_LENGTH} characters"
NOT_A_DOMAIN = "must have a valid domain name"
BLANK = "must contain a visible character"

_MAX_LABEL_LENGTH = 63
_ASCII_PREFIX = "xn--"

_EMAIL = re.compile(patterns.EMAIL)
_FLAG = re.compile(patterns.FLAG)
_VISIBLE = re.compile(f"[^{characters.BLANK}{characters.DIRECTION}{characters.INVISIBLE}]")


def _compiled(*messages: tuple[str, str]) -> list[tuple[re.Pattern[str], str]]:
    return [(_any_of(found), message) for found, message in messages]


def _any_of(found: str) -> re.Pattern[str]:
    """A pattern that finds one of the characters `found`. Python's `re` tests a class within the
    Basic Multilingual Plane in constant time, but one with higher code points range by range; the
    latter are therefore tested separately, and only for characters above U+FFFF.
    """
    higher = re.search(r"[\U00010000-\U0010FFFF].*", found)
    if higher is None:
        return re.compile(f"[{found}]")
    lower = found[: higher.start()]
    return re.compile(f"[{lower}]|(?=[\U00010000-\U0010ffff])[{higher[0]}]")


# The error for each set of characters that a text may not contain.
_LINE_ERRORS = _compiled(
    (characters.LINE_BREAKS, LINE_BREAK),
    (characters.DIRECTION, DIRECTION),
    (characters.CONTROLS, CONTROL),
    (characters.INVISIBLE, INVISIBLE),
    (characters.PRIVATE, UNASSIGNED),
    (characters.UNASSIGNED, UNASSIGNED),
)
_PARAGRAPHS_ERRORS = _compiled(
    (characters.DIRECTION, DIRECTION),
    (characters.CONTROLS_OF_PARAGRAPHS, CONTROL),
    (characters.INVISIBLE, INVISIBLE),
    (characters.PRIVATE, UNASSIGNED),
)


def normalized(text: str) -> str:
    """`text` as it is stored: in NFC, with `\\n` as line break, and without surrounding white
    space.
    """
    composed = unicodedata.normalize("NFC", text)
    # NFC makes a few characters longer. Text that contains them is left unchanged, so that stored
    # text never exceeds its limit when a client sends it again.
    text = composed if len(composed) <= len(text) else text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.strip()


def line_error(text: str) -> str | None:
    """The error of `text` as a line that others read (a name, a headline, a tag), or None."""
    return _first_error(text, _LINE_ERRORS) or (None if is_visible(text) else BLANK)


def paragraphs_error(text: str) -> str | None:
    """The error of `text` as a longer text of any number of lines, possibly empty, or None."""
    # Unassigned characters are accepted: a whole message must not be rejected because the sender's
    # keyboard is newer than our tables.
    return _first_error(text, _PARAGRAPHS_ERRORS)


def visible_paragraphs_error(text: str) -> str | None:
    """Like `paragraphs_error`, but the text must have a visible character."""
    return paragraphs_error(text) or (None if is_visible(text) else BLANK)


def is_visible(text: str) -> bool:
    """Whether at least one character of `text` is visible on its own."""
    return _VISIBLE.search(text) is not None


def _first_error(text: str, messages: list[tuple[re.Pattern[str], str]]) -> str | None:
    if text.isascii() and text.isprintable():
        return None
    text = _FLAG.sub("", text)
    return next((message for found, message in messages if found.search(text) is not None), None)


# ---- e-mail addresses


def email_key(email: str) -> str:
    """A key that is equal for different spellings of one address: case-folded, in one Unicode form,
    with the domain in Unicode (`xn--mnchen-3ya.example` becomes `münchen.example`).
    """
    local, at, domain = email.strip().rpartition("@")
    return _folded(local) + at + _readable_domain(domain)


def mailbox_of(email: str) -> str:
    """A valid address as mail servers take it: with the domain in ASCII, as in DNS, so that only an
    address with other characters before the @ needs a server with SMTPUTF8 (RFC 6531).
    """
    local, at, domain = email.strip().rpartition("@")
    return local + at + ".".join(_ascii_label(label) for label in domain.split("."))


def email_error(text: str) -> str | None:
    """The error of `text` as an e-mail address, ignoring surrounding white space, or None. Whether
    the address exists can only be found out by sending a mail to it.
    """
    if len(text) > MAX_EMAIL_LENGTH or _EMAIL.fullmatch(text) is None:
        return NOT_AN_EMAIL
    domain = text.strip().rpartition("@")[2]
    if len(email_key(text)) > MAX_EMAIL_LENGTH or not _is_domain(domain):
        return NOT_A_DOMAIN
    return None


def is_email(text: str) -> bool:
    """Whether `email_error` finds nothing."""
    return email_error(text) is None


def _is_domain(domain: str) -> bool:
    try:
        labels = [_ascii_label(label) for label in domain.split(".")]
    except (idna.IDNAError, UnicodeError):
        return False
    return all(len(label) <= _MAX_LABEL_LENGTH for label in labels)


def _ascii_label(label: str) -> str:
    """The label in ASCII, as in DNS. Raises IDNAError if it is not a valid one. Not case-folded:
    `straße` and `strasse` are two domains, which may belong to two people.
    """
    if not label.isascii():
        return idna.encode(label, uts46=True).decode()
    label = label.lower()
    if label.startswith(_ASCII_PREFIX):
        idna.ulabel(label)
    return label


def _readable_domain(domain: str) -> str:
    """The domain in its own script. One that is not valid is only folded."""
    try:
        labels = [_ascii_label(label) for label in domain.split(".")]
        return ".".join(
            idna.ulabel(label) if label.startswith(_ASCII_PREFIX) else label for label in labels
        )
    except (idna.IDNAError, UnicodeError):
        return _folded(domain)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


# ---- time zones


@functools.cache
def time_zones() -> frozenset[str]:
    """The names of IANA's time zones, including aliases such as `Asia/Calcutta`."""
    return patterns.zone_names()


def is_time_zone(text: str) -> bool:
    """Whether it is an IANA name. Uses the list rather than `ZoneInfo(text)`, which opens files."""
    return text in time_zones()
