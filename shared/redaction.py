"""The last look at a log line: what must not be in one is taken out, wherever it came from.

Nothing of ours logs such things. Errors of libraries do: a database's DETAIL quotes the row, a
client's URL its password. Names of people have no form by which they could be known here:
statements' parameters are kept out at the engine (shared/db.py).
"""

from __future__ import annotations

import re

import structlog

_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?m)^DETAIL:.*$"), "DETAIL: [removed]"),
    (re.compile(r"://[^/\s:@]*:[^/\s@]+@"), "://[removed]@"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?"), "[token]"),
    (
        re.compile(r"\b(?:sk|rk)_(?:test|live)_\w+|\bwhsec_\w+|\b(?:seti|pi)_\w+_secret_\w+"),
        "[secret]",
    ),
    (re.compile(r"(?i)\b(bearer|basic) [\w.~+/=-]{8,}"), r"\1 [removed]"),
    (re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
    # a card's, by its length
    (re.compile(r"(?<![\w.-])(?:\d[ -]?){12,18}\d(?![\w.-])"), "[number]"),
)
# Any of the forms holds one of these, and most lines hold none: then nothing is searched.
_HINT = re.compile(
    r"@|eyJ|DETAIL|_test_|_live_|whsec_|_secret_|[Bb]earer |[Bb]asic |\d{4}[ -]?\d{4}[ -]?\d{4}"
)


def redact(text: str) -> str:
    """`text` without e-mail addresses, tokens, keys, passwords in addresses, card numbers and
    quoted rows.
    """
    if _HINT.search(text):
        for form, instead in _FORMS:
            text = form.sub(instead, text)
    return text


def redact_event(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """structlog processor: redacts every text of the line; what is no text is looked at as it would
    be written.
    """
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = redact(value)
        elif value is not None and not isinstance(value, _PLAIN):
            event[name] = redact(str(value))
    return event


_PLAIN = (bool, int, float)
