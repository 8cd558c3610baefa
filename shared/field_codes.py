"""Codes and parameters for field errors, for clients that render messages in their user's language.
The messages are msgspec's and our own; each is produced in one place, so the code is derived from
the message.
"""

from __future__ import annotations

import re

from shared import text

UNSPECIFIC = "invalid"
# Those that a field's own schema cannot say.
BEYOND_SCHEMAS = (
    "unknown_cursor", "past", "overlap", "wrong_order", "wrong_length", "wrong_combination",
    "not_a_domain", "not_chargeable", "not_public", "unchanged",
)  # fmt: skip

_CODES: list[tuple[re.Pattern[str], str]] = [
    (re.compile(pattern), code)
    for pattern, code in (
        (r"is required", "required"),
        (r"is not a known field", "unknown_field"),
        (r"must be str of length <= (?P<max>\d+)", "too_long"),
        # an empty text where at least one character is required
        (r"must be str of length >= 1", "required"),
        (r"must be str of length >= (?P<min>\d+)", "too_short"),
        (r"must be array of length <= (?P<max>\d+)", "too_many"),
        (r"must be array of length >= (?P<min>\d+)", "too_few"),
        (r"must be (?:int|float) <= (?P<max>-?[\d.]+)", "too_large"),
        (r"must be (?:int|float) >= (?P<min>-?[\d.]+)", "too_small"),
        (r"must be an e-mail address.*", "not_an_email"),
        (r"must be an IANA time zone name", "not_a_time_zone"),
        (re.escape(text.BLANK), "required"),
        (re.escape(text.LINE_BREAK), "line_break"),
        (
            "|".join(
                map(re.escape, (text.CONTROL, text.INVISIBLE, text.DIRECTION, text.UNASSIGNED))
            ),
            "unusual_characters",
        ),
        (r"is your address already", "unchanged"),
        # What depends on more than the field: on others, on the time, on what there is.
        (re.escape(text.NOT_A_DOMAIN), "not_a_domain"),
        (r"is not a cursor of this list", "unknown_cursor"),
        (r"must lie in the future", "past"),
        (r"overlaps .+", "overlap"),
        (r"must be after \w+", "wrong_order"),
        (r"must be at (?:least|most) .+ after \w+|must be as long as .+", "wrong_length"),
        (
            r"must be given, or \w+|must not be given with \w+|is closed by another entry"
            r"|must be absent on a closed day|is required unless the day is closed",
            "wrong_combination",
        ),
        (
            r"(?:cannot be paid for: )?(?:The (?:least|most) that can be charged|It must be a"
            r" multiple of) .+",
            "not_chargeable",
        ),
        (r"must lead to a public server", "not_public"),
    )
]


def code_of(message: str) -> tuple[str, dict[str, float]]:
    """The code and numbers of a field's message; `invalid` if only the message describes
    the error.
    """
    for pattern, code in _CODES:
        if match := pattern.fullmatch(message):
            return code, {name: _number(text) for name, text in match.groupdict().items()}
    return UNSPECIFIC, {}


def _number(digits: str) -> float:
    return float(digits) if "." in digits else int(digits)
