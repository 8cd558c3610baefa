"""Validation rules of fields, declared with `Annotated` next to the type, and their evaluation.

An error is the message about an invalid value, written as the end of a sentence that starts with
the field's name: "must be even".
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
    `holds` is called with a value of that type; `message` is the error if it returns False.
    """

    holds: Callable[[Any], bool]
    message: str

    def error_of(self, value: Any) -> str | None:
        """The error of `value`, or None."""
        return None if self.holds(value) else self.message


class Rule(msgspec.Struct, frozen=True):
    """A rule with several messages: `error_of` returns the error of a value, or None."""

    error_of: Callable[[Any], str | None]


class TextFormat(msgspec.Struct, frozen=True):
    """The required text form of a value of another type, such as a date: the whole text must match
    `pattern` before it is converted. Otherwise the error is `message`.
    """

    pattern: str
    message: str


class Normalize(msgspec.Struct, frozen=True):
    """Converts a text to the form in which it is stored. Limits and rules apply to the text as
    received, because that is what the client knows.
    """

    apply: Callable[[str], str]


class ValidFields(dict[str, Any]):
    """The valid fields of a body, by the names that clients use; in lists, None replaces an invalid
    item. `invalid` contains the names of the fields that are present but invalid.
    """

    def __init__(self, fields: Mapping[str, Any], invalid: Collection[str] = ()) -> None:
        super().__init__(fields)
        self.invalid = frozenset(invalid)


@typing.runtime_checkable
class RelatedFields(typing.Protocol):
    """A Struct with rules about the combination of its fields."""

    @staticmethod
    def related_errors(fields: ValidFields) -> Iterable[tuple[str, str]]:
        """The errors, each with the path of its field within the struct."""


@typing.runtime_checkable
class ValidatedByCommand(typing.Protocol):
    """A Struct whose command validates the combination of its fields, together with the time and
    the settings. A body without other errors must reach the command, because a request repeated
    with its Idempotency-Key gets the first response again even if the body has become invalid since
    (a time that has passed, for example).
    """

    @staticmethod
    def command_errors(fields: ValidFields, settings: Any) -> Iterable[tuple[str, str]]:
        """Like `RelatedFields.related_errors`: the errors that the command would find with the
        service's settings, as far as they can be determined here. Called only for bodies with other
        errors, so that one response lists them all.
        """


# msgspec is more lenient: it accepts `+0530`, a space in place of the T, a missing offset, and
# UUIDs without hyphens.
_TYPE_FORMATS: dict[Any, TextFormat] = {
    datetime: TextFormat(patterns.DATE_TIME, NOT_AN_INSTANT),
    date: TextFormat(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", NOT_A_DATE),
    UUID: TextFormat(patterns.UUID, NOT_A_UUID),
}


def text_format_of(base_type: Any) -> TextFormat | None:
    """The required text form of a type for which msgspec accepts other forms too, or None."""
    return _TYPE_FORMATS.get(base_type) if isinstance(base_type, type) else None


class TypeRules:
    """What a type requires of its values, collected from its annotations once: to look for them
    again for every value took most of the time of validating a long list.

    `base_type` is the type without annotations and None, `struct` the same if it is a Struct, and
    `item` what a list requires of its items.
    """

    def __init__(self, type_: Any) -> None:
        self.type_ = type_
        self.base_type = without_null(type_)
        self.struct = struct_of(self.base_type)
        self.item: TypeRules | None = None
        self.list_type: Any = None
        metas = rules_of(type_, msgspec.Meta)
        if typing.get_origin(self.base_type) is list:
            self.item = TypeRules(typing.get_args(self.base_type)[0])
            # Built at run time, which the type checker cannot follow.
            self.list_type = typing.Annotated[(list[Any], *metas)] if metas else list
        formats = [text_format_of(self.base_type), *rules_of(type_, TextFormat)]
        self._formats: list[tuple[re.Pattern[str], str]] = [
            (re.compile(one.pattern), one.message) for one in formats if one is not None
        ]
        self._max_length = min(
            (m.max_length for m in metas if m.max_length is not None), default=None
        )
        self._patterns = [re.compile(meta.pattern) for meta in metas if meta.pattern is not None]
        self._checks = rules_of(type_, (Check, Rule))
        self._normalizations = rules_of(type_, Normalize)

    def is_too_long(self, text: str) -> bool:
        """Whether msgspec refuses the text for its length: no pattern is matched with it before."""
        return self._max_length is not None and len(text) > self._max_length

    def format_error(self, text: str) -> str | None:
        """The error of `text` if it does not have a required text form, otherwise None."""
        for pattern, message in self._formats:
            if pattern.fullmatch(text) is None:
                return message
        return None

    def errors_of(self, value: Any) -> list[str]:
        """The errors of `value` under the rules of the type."""
        found = [check.error_of(value) for check in self._checks]
        if isinstance(value, str):
            # `$` in Python, and so in msgspec, also matches before a trailing line break.
            found += [
                pattern_error(self.type_)
                for pattern in self._patterns
                if pattern.fullmatch(value) is None
            ]
        return [message for message in found if message is not None]

    def normalized(self, text: str) -> str:
        """`text` in the form in which it is stored."""
        for normalization in self._normalizations:
            text = normalization.apply(text)
        return text


def pattern_error(type_: Any) -> str:
    """The error of a text that does not match the pattern of `type_`: it quotes the examples of the
    type if there are any.
    """
    examples = [str(one) for meta in rules_of(type_, msgspec.Meta) for one in meta.examples or ()]
    return f"must be written like {' or '.join(examples)}" if examples else "has the wrong format"


def struct_of(type_: Any) -> type[msgspec.Struct] | None:
    """The type itself if it is a Struct, otherwise None."""
    return type_ if isinstance(type_, type) and issubclass(type_, msgspec.Struct) else None


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
