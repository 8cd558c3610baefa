"""What people type about themselves: when it is acceptable, and when two of them are the same.
Pure.
"""

import re
import unicodedata
import zoneinfo

LONGEST_EMAIL = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets
LONGEST_LOCAL = 64
LONGEST_NAME = 100

# Everything that may stand in an atom or a label, other scripts included (RFC 6531); no white
# space, controls or specials.
_LOCAL = r"[^\s\x00-\x20\"(),:;<>@\[\\\]\x7f-\xa0]+"
_LETTER = r"[^\s\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\xa0]"
_LABEL = rf"{_LETTER}(?:(?:{_LETTER}|-){{0,61}}{_LETTER})?"
_EMAIL = re.compile(
    rf"(?P<local>{_LOCAL})@(?:{_LABEL}\.)+(?!\d+$){_LETTER}(?:{_LETTER}|-){{0,61}}{_LETTER}"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def email_key(email: str) -> str:
    """What is equal for two spellings of one address: without case, in one Unicode form."""
    folded = unicodedata.normalize("NFKC", email.strip()).casefold()
    return unicodedata.normalize("NFKC", folded)


def is_email(text: str) -> bool:
    """Whether it looks like an address that mail can reach; only mail itself can tell whether it
    does.
    """
    email = text.strip()
    if len(email) > LONGEST_EMAIL or len(email_key(email)) > LONGEST_EMAIL:
        return False
    match = _EMAIL.fullmatch(email)
    if match is None:
        return False
    local = match["local"]
    return (
        len(local) <= LONGEST_LOCAL
        and not local.startswith(".")
        and not local.endswith(".")
        and ".." not in local
    )


def is_name(text: str) -> bool:
    """Whether it can be shown as a name, after trimming."""
    name = text.strip()
    return 1 <= len(name) <= LONGEST_NAME and _CONTROL.search(name) is None


def is_time_zone(text: str) -> bool:
    """Whether it is an IANA name. Asked of the list, not of ZoneInfo(text): that one opens
    files.
    """
    return text in zoneinfo.available_timezones()
