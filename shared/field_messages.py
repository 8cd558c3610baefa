"""Messages about invalid fields, in plain English.

A fault is a message written as the end of a sentence that starts with the field's name ("must be
even"). Rules define their own; `fault_of_conversion` translates msgspec's messages, which name
Python types. `as_sentence` turns a fault into the sentence that clients receive.
"""

from __future__ import annotations

import enum
import re
import typing
from collections.abc import Callable
from typing import Any

from shared.rules import (
    NOT_A_DATE,
    NOT_A_UUID,
    NOT_AN_INSTANT,
    fault_of_form,
    without_null,
)

UNSPECIFIC = "is not valid"
EMPTY = "must not be empty"
# Longer lists of values are not useful in a message; the API description has them.
MOST_OPTIONS = 12

_KINDS = {
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
_COMPARED = {"<=": "at most", ">=": "at least", "<": "less than", ">": "greater than"}


def as_sentence(fault: str) -> str:
    """A fault as a complete sentence: "Must be even.", "This is required.". A message that is one
    already is returned unchanged.
    """
    ended = fault if fault.endswith(".") else f"{fault}."
    if ended.startswith("must "):
        return f"M{ended[1:]}"
    return ended if ended[0].isupper() else f"This {ended}"


def fault_of_conversion(error: str, type_: Any = None) -> str:
    """The fault for msgspec's message `error` (without its location) about a value that is not of
    type `type_`; None if the type is not known.
    """
    options = _options_of(without_null(type_))
    if options and error.startswith(("Invalid enum value", "Expected `")):
        return fault_of_options(options)
    for pattern, worded in _WORDED:
        if match := pattern.fullmatch(error):
            return worded(match)
    return fault_of_form(type_) if " matching regex " in error else UNSPECIFIC


def fault_of_options(options: list[str]) -> str:
    """The fault for a value that is not one of `options`."""
    if len(options) > MOST_OPTIONS:
        return "must be one of the values that the API's description lists"
    return f"must be one of: {', '.join(options)}"


def _options_of(plain: Any) -> list[str]:
    if isinstance(plain, type) and issubclass(plain, enum.Enum):
        return [str(member.value) for member in plain]
    if typing.get_origin(plain) is typing.Literal:
        return [str(value) for value in typing.get_args(plain)]
    return []


def _length(match: re.Match[str]) -> str:
    kind, compared, number = match["kind"], match["compared"], int(match["number"])
    if kind == "str" and compared == ">=" and number == 1:
        return EMPTY
    unit = _UNITS[kind]
    plural = unit if number == 1 else "entries" if unit == "entry" else f"{unit}s"
    return f"must have {_COMPARED[compared]} {number} {plural}"


def _range(match: re.Match[str]) -> str:
    return f"must be {_COMPARED[match['compared']]} {match['number'].removesuffix('.0')}"


def _kind(match: re.Match[str]) -> str:
    kinds = [kind for kind in match["kinds"].split(" | ") if kind != "null"] or ["null"]
    if any(kind not in _KINDS for kind in kinds):
        return UNSPECIFIC
    faults = [_KINDS[kind] for kind in kinds]
    return " or ".join([faults[0], *(fault.removeprefix("must be ") for fault in faults[1:])])


_WORDED: list[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = [
    (re.compile(pattern), worded)
    for pattern, worded in (
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
        (r"Invalid RFC3339 encoded datetime", lambda _: "must be a time that the calendar has"),
        (r"Invalid RFC3339 encoded date", lambda _: "must be a day that the calendar has"),
        (r"Invalid UUID", lambda _: NOT_A_UUID),
    )
]
