"""What request bodies have in common, and field types that several services share: what they accept
is defined here once, and the API description contains the same patterns.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from shared import patterns
from shared.rules import Check, Normalize, Rule, TextFormat
from shared.text import (
    MAX_EMAIL_LENGTH,
    email_error,
    is_time_zone,
    line_error,
    normalized,
    paragraphs_error,
    visible_paragraphs_error,
)


class RequestBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The base class of request bodies: a field that is not known is an error, not ignored."""


SCHEMAS = "#/components/schemas/"
# Their schemas in the API description, by component name.
FIELD_SCHEMAS: dict[str, dict[str, Any]] = {
    "Line": {
        "type": "string",
        "description": "One line of text with at least one visible character. Control, invisible,"
        " private-use and unassigned characters are not allowed, nor characters that change the"
        " direction of the text around them.",
        "pattern": patterns.LINE,
    },
    "Paragraphs": {
        "type": "string",
        "description": "Text of any number of lines, possibly empty. Control, invisible and"
        " private-use characters are not allowed, nor characters that change the direction of the"
        " text around them.",
        "pattern": patterns.PARAGRAPHS,
    },
    "VisibleParagraphs": {
        "type": "string",
        "description": "Like Paragraphs, with at least one visible character.",
        "pattern": patterns.VISIBLE_PARAGRAPHS,
    },
    "Email": {
        "type": "string",
        "description": "An e-mail address. Addresses are compared case-insensitively; the Unicode"
        " and the ASCII form of a domain are equal, and must be valid under IDNA 2008.",
        "maxLength": MAX_EMAIL_LENGTH,
        "pattern": patterns.EMAIL,
        "examples": ["ada@example.org"],
    },
    "TimeZone": {
        "type": "string",
        "description": "An IANA time zone name, including aliases such as `Asia/Calcutta`.",
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


# Add limits and examples where they are used: `Annotated[OneLine, Meta(max_length=100)]`. Lengths
# apply to the text as received, before normalization.
OneLine = Annotated[str, Normalize(normalized), Rule(line_error), _described("Line")]
Paragraphs = Annotated[str, Normalize(normalized), Rule(paragraphs_error), _described("Paragraphs")]
VisibleParagraphs = Annotated[
    str, Normalize(normalized), Rule(visible_paragraphs_error), _described("VisibleParagraphs")
]
Email = Annotated[
    str,
    Normalize(normalized),
    Rule(email_error),
    _described("Email"),
]
TimeZone = Annotated[
    str, Check(is_time_zone, "must be an IANA time zone name"), _described("TimeZone")
]
Instant = Annotated[
    datetime,
    TextFormat(patterns.INSTANT, "must be an instant between the years 2000 and 2100"),
    _described("Instant"),
]
Day = Annotated[
    date,
    TextFormat(patterns.DAY, "must be a date between the years 2000 and 2100"),
    Meta(extra_json_schema={"pattern": patterns.DAY}),
]
