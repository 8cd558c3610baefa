"""Messages about invalid fields, in plain English.

An error is written as the end of a sentence that starts with the field's name ("must be
even"). Rules define their own; `conversion_error` translates msgspec's messages, which name
Python types. `as_sentence` turns an error into the sentence that clients receive.
"""

from __future__ import annotations

import enum
import re
import typing
from collections.abc import Callable
from typing import Any

from shared.counts import counted
from shared.rules import (
    NOT_A_DATE,
    NOT_A_UUID,
    NOT_AN_INSTANT,
    pattern_error,
    without_null,
)

UNSPECIFIC = "is not valid"
EMPTY = "must not be empty"
# Longer lists of values are not useful in a message; the API description has them.
MAX_OPTIONS = 12

_TYPE_MESSAGES = {
    "str": "must be text",
    "int": "must be a whole number",
    "float": "must be a number",
    "bool": "must be true or false",
    "array": "must be a list",
    "object": "must be an object",
    "null": "must be null",
    "datetime": NOT_AN_INSTANT,
    "date": NOT_A_DATE,
    "uuid": NOT_A_UUID,
}
_UNITS = {"str": "character", "array": "item", "object": "entry"}
_COMPARISONS = {"<=": "at most", ">=": "at least", "<": "less than", ">": "greater than"}


def as_sentence(message: str) -> str:
    """An error as a complete sentence: "Must be even.", "This is required.". A message that is one
    already is returned unchanged.
    """
    ended = message if message.endswith(".") else f"{message}."
    if ended.startswith("must "):
        return f"M{ended[1:]}"
    return ended if ended[0].isupper() else f"This {ended}"


def conversion_error(error: str, type_: Any = None) -> str:
    """The error for msgspec's message `error` (without its location) about a value that is not of
    type `type_`, which is None if the type is not known.
    """
    options = _options_of(without_null(type_))
    if options and error.startswith(("Invalid enum value", "Expected `")):
        return options_error(options)
    for pattern, translate in _TRANSLATIONS:
        if match := pattern.fullmatch(error):
            return translate(match)
    return pattern_error(type_) if " matching regex " in error else UNSPECIFIC


def options_error(options: list[str]) -> str:
    """The error for a value that is not one of `options`."""
    if len(options) > MAX_OPTIONS:
        return "must be one of the values that the API's description lists"
    return f"must be one of: {', '.join(options)}"


def _options_of(base_type: Any) -> list[str]:
    if isinstance(base_type, type) and issubclass(base_type, enum.Enum):
        return [str(member.value) for member in base_type]
    if typing.get_origin(base_type) is typing.Literal:
        return [str(value) for value in typing.get_args(base_type)]
    return []


def _length(match: re.Match[str]) -> str:
    kind, compared, number = match["kind"], match["compared"], int(match["number"])
    if kind == "str" and compared == ">=" and number == 1:
        return EMPTY
    return f"must have {_COMPARISONS[compared]} {counted(number, _UNITS[kind])}"


def _range(match: re.Match[str]) -> str:
    return f"must be {_COMPARISONS[match['compared']]} {match['number'].removesuffix('.0')}"


def _kind(match: re.Match[str]) -> str:
    kinds = [kind for kind in match["kinds"].split(" | ") if kind != "null"] or ["null"]
    if any(kind not in _TYPE_MESSAGES for kind in kinds):
        return UNSPECIFIC
    messages = [_TYPE_MESSAGES[kind] for kind in kinds]
    return " or ".join(
        [messages[0], *(message.removeprefix("must be ") for message in messages[1:])]
    )


_TRANSLATIONS: list[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = [
    (re.compile(pattern), translate)
    for pattern, translate in (
        (
            r"Expected `(?P<kind>str|array|object)` of length (?P<compared>[<>]=) (?P<number>\d+)",
            _length,
        ),
        (r"Expected `(?:int|float)` (?P<compared>[<>]=?) (?P<number>\S+)", _range),
        (
            r"Expected `(?:int|float)` that's a multiple of (?P<number>\S+)",
            lambda match: f"must be a multiple of {match['number'].removesuffix('.0')}",
        ),
        (r"Expected `(?P<kinds>[a-z |]+)`(?:, got `.*`)?", _kind),
        (r"Object missing required field .*", lambda _: "is required"),
        (r"Object contains unknown field .*", lambda _: "is not a known field"),
        (r"(?:Integer value|Number) out of range", lambda _: "is out of range"),
        (r"Invalid RFC3339 encoded datetime", lambda _: "must be a valid date and time"),
        (r"Invalid RFC3339 encoded date", lambda _: "must be a valid date"),
        (r"Invalid UUID", lambda _: NOT_A_UUID),
    )
]
