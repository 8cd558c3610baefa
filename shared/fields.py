"""Types for fields that several services take: what they accept is decided here, once, and the
API's description says it by the same patterns.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from msgspec import Meta

from shared import patterns
from shared.rules import Check, Normalize, Rule, Written
from shared.text import (
    LONGEST_EMAIL,
    fault_of_email,
    fault_of_line,
    fault_of_paragraphs,
    fault_of_visible_paragraphs,
    is_time_zone,
    normalized,
)

SCHEMAS = "#/components/schemas/"
# What the description says of them, by the name under which it says it once.
FIELD_SCHEMAS: dict[str, dict[str, Any]] = {
    "Line": {
        "type": "string",
        "description": "One line of text in which something can be seen. Without control,"
        " invisible, private-use and unassigned characters, and none that change the direction of"
        " the text around them.",
        "pattern": patterns.LINE,
    },
    "Paragraphs": {
        "type": "string",
        "description": "Text of several lines, which may be empty. Without control, invisible and"
        " private-use characters, and none that change the direction of the text around them.",
        "pattern": patterns.PARAGRAPHS,
    },
    "VisibleParagraphs": {
        "type": "string",
        "description": "As Paragraphs, and something can be seen in it.",
        "pattern": patterns.VISIBLE_PARAGRAPHS,
    },
    "Email": {
        "type": "string",
        "description": "An e-mail address. Compared without case; a domain in its own script and in"
        " ASCII are the same, and must be valid by IDNA 2008.",
        "maxLength": LONGEST_EMAIL,
        "pattern": patterns.EMAIL,
        "examples": ["ada@example.org"],
    },
    "TimeZone": {
        "type": "string",
        "description": "An IANA name; aliases such as `Asia/Calcutta` too.",
        "pattern": patterns.TIME_ZONE,
        "examples": ["Europe/Berlin"],
    },
    "Instant": {
        "type": "string",
        "format": "date-time",
        "description": "An instant (RFC 3339) between the years 2000 and 2100.",
        "pattern": patterns.INSTANT,
    },
}


def _described(name: str) -> Meta:
    return Meta(extra_json_schema={"$ref": SCHEMAS + name})


# Add lengths and examples beside them: `Annotated[OneLine, Meta(max_length=100)]`. They count the
# text as it came.
OneLine = Annotated[str, Normalize(normalized), Rule(fault_of_line), _described("Line")]
Paragraphs = Annotated[
    str, Normalize(normalized), Rule(fault_of_paragraphs), _described("Paragraphs")
]
VisibleParagraphs = Annotated[
    str, Normalize(normalized), Rule(fault_of_visible_paragraphs), _described("VisibleParagraphs")
]
Email = Annotated[
    str,
    Normalize(normalized),
    Rule(fault_of_email),
    _described("Email"),
]
TimeZone = Annotated[
    str, Check(is_time_zone, "must be an IANA time zone name"), _described("TimeZone")
]
Instant = Annotated[
    datetime,
    Written(patterns.INSTANT, "must be an instant between the years 2000 and 2100"),
    _described("Instant"),
]
Day = Annotated[
    date,
    Written(patterns.DAY, "must be a date between the years 2000 and 2100"),
    Meta(extra_json_schema={"pattern": patterns.DAY}),
]
