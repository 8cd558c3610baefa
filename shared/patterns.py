"""Regular expressions for text fields: services validate with them, and the API description
contains them, so that the two agree. They mean the same in Python, ECMAScript and Rust.
"""

from __future__ import annotations

from importlib import resources

from shared.characters import (
    BLANK,
    CONTROLS,
    CONTROLS_OF_PARAGRAPHS,
    DIRECTION,
    INVISIBLE,
    PRIVATE,
    UNASSIGNED,
)

# Subdivision flags such as England's: a black flag followed by tag characters.
FLAG = "\U0001f3f4[\U000e0030-\U000e007a]{1,8}\U000e007f"
_VISIBLE = rf"(?=[\s\S]*[^{BLANK}{DIRECTION}{INVISIBLE}])"
# Separate from the unassigned characters: the two sets meet at the surrogates, and a validator
# written in Rust (jsonschema-rs 0.60) does not match a class that contains both.
NOT_PRIVATE = rf"(?![\s\S]*[{PRIVATE}])"
_IN_LINES = rf"[^{CONTROLS}{DIRECTION}{INVISIBLE}{UNASSIGNED}]*"
_IN_PARAGRAPHS = rf"[^{CONTROLS_OF_PARAGRAPHS}{DIRECTION}{INVISIBLE}{PRIVATE}]*"
_PARAGRAPHS = rf"{_IN_PARAGRAPHS}(?:{FLAG}{_IN_PARAGRAPHS})*"

NO_NUL = r"^[^\u0000]*$"
LINE = rf"^{_VISIBLE}{NOT_PRIVATE}{_IN_LINES}(?:{FLAG}{_IN_LINES})*$"
PARAGRAPHS = rf"^{_PARAGRAPHS}$"
VISIBLE_PARAGRAPHS = rf"^{_VISIBLE}{_PARAGRAPHS}$"

# Surrounding white space is accepted, because addresses are often pasted. Inside an address, white
# space and invisible characters are not.
AROUND = r"[ \t\r\n]*"
_BLANK_LETTERS = r"\u115F\u1160\u2800\u200C-\u200F\u061C"
USABLE = rf"[^\s{CONTROLS}{DIRECTION}{INVISIBLE}{UNASSIGNED}{_BLANK_LETTERS}]"
# An atom or a label may contain everything else, including other scripts (RFC 6531), except the
# special characters.
_ATOM = r'[^ \t\r\n"(),:;<>@\[\\\].]+'
_LETTER = r"[^\u0000-\u002F\u003A-\u0040\u005B-\u0060\u007B-\u00A0]"
_LABEL = rf"{_LETTER}(?:(?:{_LETTER}|-)*{_LETTER})?"
EMAIL = (
    rf"^{AROUND}{NOT_PRIVATE}(?={USABLE}+{AROUND}$)(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+"
    rf"(?![0-9]+{AROUND}$){_LETTER}(?:{_LETTER}|-)*{_LETTER}{AROUND}$"
)

_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_TIME = rf"[Tt]{_CLOCK}:[0-5][0-9](?:\.[0-9]{{1,9}})?(?:[Zz]|[+-]{_CLOCK})"
UUID = r"^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
DATE_TIME = rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}{_TIME}$"
# Years 2000 to 2099, in UTC as well: no positive offset on the first day, no negative offset on the
# last, and no fraction that would be rounded up to 2100.
INSTANT = (
    r"^(?!2000-01-01.*\+)(?!2099-12-31.*-[0-9:]*$)(?!2099-12-31[Tt]23:59:59\.)"
    rf"20[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}}{_TIME}$"
)
DAY = r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}$"

# Entries of the list that are neither places nor offsets.
_NO_ZONES = frozenset(("localtime", "posixrules", "Factory"))


def zone_names() -> frozenset[str]:
    """The names of IANA's time zones, including aliases such as `Asia/Calcutta`. They come from the
    tzdata package, which is the same on every machine, not from the operating system.
    """
    listed = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8")
    return frozenset(listed.split()) - _NO_ZONES


TIME_ZONE = "^(?:" + "|".join(sorted(zone_names())).replace("+", r"\+") + ")$"
