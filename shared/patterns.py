"""How text must be written: regular expressions that services judge by, and those that the API's
description carries.
"""

from __future__ import annotations

from importlib import resources

from shared.characters import CONTROLS, DIRECTION, INVISIBLE, PRIVATE, UNASSIGNED

# England's flag and its kind: a black flag, spelled out in tag characters.
FLAG = "\U0001f3f4[\U000e0030-\U000e007a]{1,8}\U000e007f"

# What the description says of text: the sets of shared.characters by their Unicode properties,
# which is how ECMA-262 (with the flag `u`, as JSON Schema asks for) and Rust write them. Python's
# `re` knows no properties: services judge by the sets themselves, and a test compares the two.
# Formats that scripts need, letters that are not drawn, and flags that are spelled out.
_NUMBER_SIGNS = "\\u0600-\\u0605\\u06DD\\u070F\\u0890\\u0891\\u08E2\U000110bd\U000110cd"
_FORMATS = rf"{_NUMBER_SIGNS}\u061C\u200C-\u200F"
_BLANK_LETTERS = r"\u3164\uFFA0"
_FLAG = "\U0001f3f4(?:(?![\\u0000-\\uFFFF])\\p{Cf}){1,8}\U000e007f"
_VISIBLE = (
    r"(?=[\s\S]*[^\p{Cc}\p{Cf}\p{Z}\p{Variation_Selector}\u115F\u1160\u180B-\u180F\u2800"
    rf"{_BLANK_LETTERS}\u0300-\u036F\u1AB0-\u1AFF\u1DC0-\u1DFF\u20D0-\u20FF\uFE20-\uFE2F"
    "\U0001d159])"
)
_IN_LINES = rf"[^\p{{C}}\p{{Zl}}\p{{Zp}}{_BLANK_LETTERS}]|\p{{Extended_Pictographic}}|[{_FORMATS}]"
_IN_PARAGRAPHS = rf"[^\p{{Cc}}\p{{Cf}}\p{{Co}}\p{{Zl}}\p{{Zp}}{_BLANK_LETTERS}]|[\t\n\r{_FORMATS}]"
LINE = rf"^{_VISIBLE}(?:{_IN_LINES}|{_FLAG})*$"
PARAGRAPHS = rf"^(?:{_IN_PARAGRAPHS}|{_FLAG})*$"
VISIBLE_PARAGRAPHS = rf"^{_VISIBLE}(?:{_IN_PARAGRAPHS}|{_FLAG})*$"

NO_NUL = r"^[^\u0000]*$"

# Surrounding white space is forgiven, for addresses are pasted; inside there is none, nor anything
# that cannot be seen.
_AROUND = r"[ \t\r\n]*"
_NOT_IN_ADDRESSES = r"\u115F\u1160\u2800\u200C-\u200F\u061C"
_USABLE = rf"[^\s{CONTROLS}{DIRECTION}{INVISIBLE}{UNASSIGNED}{PRIVATE}{_NOT_IN_ADDRESSES}]"
_DESCRIBED = (
    rf"(?:[^\s\p{{C}}{_BLANK_LETTERS}\u115F\u1160\u2800]|\p{{Extended_Pictographic}}"
    rf"|[{_NUMBER_SIGNS}])"
)
# Everything else may stand in an atom or a label, other scripts included (RFC 6531), but specials.
_ATOM = r'[^ \t\r\n"(),:;<>@\[\\\].]+'
_LETTER = r"[^\u0000-\u002F\u003A-\u0040\u005B-\u0060\u007B-\u00A0]"
_LABEL = rf"{_LETTER}(?:(?:{_LETTER}|-)*{_LETTER})?"


def _address(usable: str) -> str:
    return (
        rf"^{_AROUND}(?={usable}+{_AROUND}$)(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+"
        rf"(?![0-9]+{_AROUND}$){_LETTER}(?:{_LETTER}|-)*{_LETTER}{_AROUND}$"
    )


EMAIL = _address(_USABLE)
DESCRIBED_EMAIL = _address(_DESCRIBED)

_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_TIME = rf"[Tt]{_CLOCK}:[0-5][0-9](?:\.[0-9]{{1,9}})?(?:[Zz]|[+-]{_CLOCK})"
UUID = r"^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
DATE_TIME = rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}{_TIME}$"
# Of the years 2000 to 2099, in UTC too: the first day not east of it, the last not west, and
# nothing that is rounded up to 2100.
INSTANT = (
    r"^(?!2000-01-01.*\+)(?!2099-12-31.*-[0-9:]*$)(?!2099-12-31[Tt]23:59:59\.)"
    rf"20[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}}{_TIME}$"
)
DAY = r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}$"

# What a list may have beside the names that stand for places and offsets.
_NO_ZONES = frozenset(("localtime", "posixrules", "Factory"))


def zone_names() -> frozenset[str]:
    """The names of IANA's time zones, aliases such as `Asia/Calcutta` included: those of the
    package, which is the same everywhere, and not those of the machine.
    """
    listed = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8")
    return frozenset(listed.split()) - _NO_ZONES


TIME_ZONE = "^(?:" + "|".join(sorted(zone_names())).replace("+", r"\+") + ")$"
