"""Field types that several services accept, so that validation is defined once."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from shared.clock import is_plausible
from shared.text import (
    fault_of_line,
    fault_of_paragraphs,
    is_email,
    is_time_zone,
    normalized,
)
from shared.validation import Check, Normalize, Rule

# Add lengths and examples next to them: `Annotated[OneLine, Meta(max_length=100)]`. Lengths count
# the normalised text.
OneLine = Annotated[str, Normalize(normalized), Rule(fault_of_line)]
Paragraphs = Annotated[str, Normalize(normalized), Rule(fault_of_paragraphs)]
Email = Annotated[
    str,
    Normalize(normalized),
    Meta(
        min_length=3,
        max_length=320,
        examples=["ada@example.org"],
        description="An e-mail address of at most 254 characters. Compared without case; a domain"
        " in its own script and in ASCII are the same.",
    ),
    Check(is_email, "must be an e-mail address of at most 254 characters"),
]
TimeZone = Annotated[
    str,
    Meta(
        max_length=64,
        examples=["Europe/Berlin"],
        description="An IANA name; aliases such as `Asia/Calcutta` are accepted.",
    ),
    Check(is_time_zone, "must be an IANA time zone name"),
]
Instant = Annotated[
    datetime, Check(is_plausible, "must be an instant between the years 2000 and 2100")
]
