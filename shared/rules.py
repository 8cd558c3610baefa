"""Validation rules of fields, declared with `Annotated` next to the type, and their evaluation.

A fault is a message about an invalid value, written as the end of a sentence that starts with the
field's name: "must be even".
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from shared import patterns

NUL = "must not contain NUL characters"
NOT_AN_INSTANT = "must be an instant in RFC 3339 with its offset, such as 2026-12-01T09:00:00Z"
NOT_A_DATE = "must be a date, such as 2026-12-01"
NOT_A_UUID = "must be a UUID"


class Check(msgspec.Struct, frozen=True):
    """A rule that the type cannot express: `Annotated[int, Check(is_even, "must be even")]`.
    `holds` is called with a value of that type; `message` is the fault if it returns False.
    """

    holds: Callable[[Any], bool]
    message: str

    def fault_of(self, value: Any) -> str | None:
        """The fault of `value`, or None."""
        return None if self.holds(value) else self.message


class Rule(msgspec.Struct, frozen=True):
    """A rule with several messages: `fault_of` returns the fault of a value, or None."""

    fault_of: Callable[[Any], str | None]


class Written(msgspec.Struct, frozen=True):
    """The required text form of a value of another type, such as a date: the whole text must match
    `pattern` before it is converted. Otherwise the fault is `message`.
    """

    pattern: str
    message: str


class Normalize(msgspec.Struct, frozen=True):
    """Converts a text to the form in which it is stored. Limits and rules apply to the text as
    received, because that is what the client knows.
    """

    form: Callable[[str], str]


class Given(dict[str, Any]):
    """The valid fields of a body, by the names that clients use; in lists, None replaces an invalid
    item. `faulty` contains the names of the fields that are present but invalid.
    """

    def __init__(self, fields: Mapping[str, Any], faulty: Collection[str] = ()) -> None:
        super().__init__(fields)
        self.faulty = frozenset(faulty)


@typing.runtime_checkable
class RelatedFields(typing.Protocol):
    """A Struct with rules about the combination of its fields."""

    @staticmethod
    def related_faults(given: Given) -> Iterable[tuple[str, str]]:
        """The faults, each with the path of its field within the struct."""


@typing.runtime_checkable
class JudgedByCommand(typing.Protocol):
    """A Struct whose command validates the combination of its fields, together with the time and
    the settings. A body without other faults must reach the command, because a request repeated
    with its Idempotency-Key gets the first response again even if the body has become invalid since
    (a time that has passed, for example).
    """

    @staticmethod
    def command_faults(given: Given) -> Iterable[tuple[str, str]]:
        """Like `RelatedFields.related_faults`: the faults that the command would find, as far as
        they can be determined here. Called only for bodies with other faults, so that one response
        lists them all.
        """


# msgspec is more lenient: it accepts `+0530`, a space in place of the T, a missing offset, and
# UUIDs without hyphens.
_TYPES_WRITTEN: dict[Any, Written] = {
    datetime: Written(patterns.DATE_TIME, NOT_AN_INSTANT),
    date: Written(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", NOT_A_DATE),
    UUID: Written(patterns.UUID, NOT_A_UUID),
}


def written_form_of(plain: Any) -> Written | None:
    """The required text form of a type for which msgspec accepts other forms too, or None."""
    return _TYPES_WRITTEN.get(plain) if isinstance(plain, type) else None


def fault_of_writing(text: str, type_: Any, plain: Any) -> str | None:
    """The fault of `text` if it does not have the form required for `type_`, otherwise None.
    `plain` is `type_` without its annotations.
    """
    for written in (written_form_of(plain), *rules_of(type_, Written)):
        if written is not None and re.fullmatch(written.pattern, text) is None:
            return str(written.message)
    return None


def faults_of(value: Any, type_: Any) -> list[str]:
    """The faults of `value` under the rules of `type_`."""
    found = [check.fault_of(value) for check in rules_of(type_, (Check, Rule))]
    if isinstance(value, str):
        # `$` in Python, and so in msgspec, also matches before a trailing line break.
        found += [
            fault_of_form(type_)
            for meta in rules_of(type_, msgspec.Meta)
            if meta.pattern is not None and re.fullmatch(meta.pattern, value) is None
        ]
    return [fault for fault in found if fault is not None]


def fault_of_form(type_: Any) -> str:
    """The fault of a text that does not match the pattern of `type_`: it quotes the examples of the
    type if there are any.
    """
    examples = [str(one) for meta in rules_of(type_, msgspec.Meta) for one in meta.examples or ()]
    return f"must be written like {' or '.join(examples)}" if examples else "has the wrong form"


def without_null(type_: Any) -> Any:
    """`type_` without annotations, None and UnsetType."""
    while typing.get_origin(type_) is typing.Annotated:
        type_ = typing.get_args(type_)[0]
    arguments = [
        a for a in typing.get_args(type_) if a is not type(None) and a is not msgspec.UnsetType
    ]
    if len(arguments) == 1 and typing.get_origin(type_) in (typing.Union, types.UnionType):
        return without_null(arguments[0])
    return type_


def rules_of(type_: Any, kind: Any) -> list[Any]:
    """The annotations of class `kind` on `type_`, including those within an optional type."""
    found = [m for m in getattr(type_, "__metadata__", ()) if isinstance(m, kind)]
    if typing.get_origin(type_) is typing.Annotated:
        return rules_of(typing.get_args(type_)[0], kind) + found
    if typing.get_origin(type_) in (typing.Union, types.UnionType):
        return [rule for member in typing.get_args(type_) for rule in rules_of(member, kind)]
    return found
