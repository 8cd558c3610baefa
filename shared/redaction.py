"""Final redaction of log lines: removes secrets and personal data, whatever their source.

Our own code does not log such data, but library errors do: a database's DETAIL quotes the row, a
client's URL contains its password. People's names have no pattern by which they could be
recognised; the engine keeps statement parameters out of its errors (shared/db.py).
"""

from __future__ import annotations

import re

import structlog

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?m)^DETAIL:.*$"), "DETAIL: [removed]"),
    (re.compile(r"://[^/\s:@]*:[^/\s@]+@"), "://[removed]@"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?"), "[token]"),
    (
        re.compile(r"\b(?:sk|rk)_(?:test|live)_\w+|\bwhsec_\w+|\b(?:seti|pi)_\w+_secret_\w+"),
        "[secret]",
    ),
    (re.compile(r"(?i)\b(bearer|basic) [\w.~+/=-]{8,}"), r"\1 [removed]"),
    (re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
    # a card number, by its length
    (re.compile(r"(?<![\w.-])(?:\d[ -]?){12,18}\d(?![\w.-])"), "[number]"),
)
# Every pattern contains one of these, and most lines contain none: then no pattern is searched.
_HINT = re.compile(
    r"@|eyJ|DETAIL|_test_|_live_|whsec_|_secret_|[Bb]earer |[Bb]asic |\d{4}[ -]?\d{4}[ -]?\d{4}"
)


def redact(text: str) -> str:
    """`text` without e-mail addresses, tokens, keys, passwords in URLs, card numbers and quoted
    rows.
    """
    if _HINT.search(text):
        for pattern, replacement in _PATTERNS:
            text = pattern.sub(replacement, text)
    return text


def redact_event(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """structlog processor: redacts every value of the line; values that are not text are checked as
    they are written.
    """
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = redact(value)
        elif value is not None and not isinstance(value, _PLAIN):
            event[name] = redact(str(value))
    return event


_PLAIN = (bool, int, float)
