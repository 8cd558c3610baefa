"""Codes and parameters for field errors, for clients that render messages in their user's language.
Each message is produced in one place (those about types and limits in `field_messages`), so the
code is derived from the message.
"""

from __future__ import annotations

import re

from shared import text
from shared.field_messages import EMPTY

UNSPECIFIC = "invalid"
# Codes of errors that a field's own schema does not express.
BEYOND_SCHEMAS = (
    "unknown_cursor", "past", "overlap", "wrong_order", "wrong_length", "wrong_combination",
    "not_a_domain", "not_chargeable", "not_public", "unchanged",
)  # fmt: skip

_CODES: list[tuple[re.Pattern[str], str]] = [
    (re.compile(pattern), code)
    for pattern, code in (
        (r"is required", "required"),
        (r"is not a known field", "unknown_field"),
        (r"must have at most (?P<max>\d+) characters?", "too_long"),
        (EMPTY, "required"),
        (r"must have at least (?P<min>\d+) characters?", "too_short"),
        (r"must have at most (?P<max>\d+) items?", "too_many"),
        (r"must have at least (?P<min>\d+) items?", "too_few"),
        (r"must be at most (?P<max>-?[\d.]+)", "too_large"),
        (r"must be at least (?P<min>-?[\d.]+)", "too_small"),
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
        # Errors that depend on more than the field: on other fields, the time, or stored data.
        (re.escape(text.NOT_A_DOMAIN), "not_a_domain"),
        (r"is not a cursor of this list", "unknown_cursor"),
        (r"must lie in the future", "past"),
        (r"overlaps .+", "overlap"),
        (r"must be after \w+", "wrong_order"),
        (r"must be at (?:least|most) .+ after \w+|must be as long as .+", "wrong_length"),
        (
            r"is required unless \w+ is given|must not be given with \w+|is closed by another entry"
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
