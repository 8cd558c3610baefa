"""Rules about one field, written beside its type, and what is wrong with a value by them."""

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
    """A rule that a type cannot say, put beside it: `Annotated[int, Check(is_even, "must be
    even")]`. `holds` is asked about a value that already has the type; `message` ends the sentence
    that begins with the field's name.
    """

    holds: Callable[[Any], bool]
    message: str

    def fault_of(self, value: Any) -> str | None:
        """What is wrong with `value`, None when nothing is."""
        return None if self.holds(value) else self.message


class Rule(msgspec.Struct, frozen=True):
    """A check that words its own message: `fault_of` gives it, or None."""

    fault_of: Callable[[Any], str | None]


class Written(msgspec.Struct, frozen=True):
    """How a text must be written before it may be taken for a value of the type beside it: all of
    it must match `pattern`.
    """

    pattern: str
    message: str


class Normalize(msgspec.Struct, frozen=True):
    """Put beside a text's type: the form in which it is kept. Limits and checks are asked of the
    text as it came, for that is what a client can know.
    """

    form: Callable[[str], str]


class Given(dict[str, Any]):
    """The fields of a body that have no fault of their own, by the names that clients use; in
    lists, None stands for an item with a fault. `faulty` names those that are there with a fault.
    """

    def __init__(self, fields: Mapping[str, Any], faulty: Collection[str] = ()) -> None:
        super().__init__(fields)
        self.faulty = frozenset(faulty)


@typing.runtime_checkable
class RelatedFields(typing.Protocol):
    """A Struct whose fields must fit one another."""

    @staticmethod
    def related_faults(given: Given) -> Iterable[tuple[str, str]]:
        """Fields (as paths below the struct) and what is wrong with them."""


@typing.runtime_checkable
class JudgedByCommand(typing.Protocol):
    """A Struct whose command judges how its fields fit one another, the clock and settings. A body
    without other faults must reach it: a request that is repeated with its Idempotency-Key gets the
    first response again, whatever the clock says by then.
    """

    @staticmethod
    def command_faults(given: Given) -> Iterable[tuple[str, str]]:
        """As `RelatedFields.related_faults`: what the command would refuse, as far as it can be
        known here. Asked for bodies that are refused anyway, so that everything is named at once.
        """


# msgspec is more lenient: it takes `+0530`, a blank in place of the T, no offset at all, and ids
# without hyphens.
_TYPES_WRITTEN: dict[Any, Written] = {
    datetime: Written(patterns.DATE_TIME, NOT_AN_INSTANT),
    date: Written(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", NOT_A_DATE),
    UUID: Written(patterns.UUID, NOT_A_UUID),
}


def written_form_of(plain: Any) -> Written | None:
    """How values of the type are written, where msgspec would take more than that."""
    return _TYPES_WRITTEN.get(plain) if isinstance(plain, type) else None


def fault_of_writing(text: str, type_: Any, plain: Any) -> str | None:
    """What keeps `text` from being taken for a `type_`; `plain` is that without what stands beside
    it.
    """
    for written in (written_form_of(plain), *rules_of(type_, Written)):
        if written is not None and re.fullmatch(written.pattern, text) is None:
            return str(written.message)
    return None


def faults_of(value: Any, type_: Any) -> list[str]:
    """The messages of the checks beside `type_` that do not hold for `value`."""
    found = [check.fault_of(value) for check in rules_of(type_, (Check, Rule))]
    if isinstance(value, str):
        # Python's `$`, and with it msgspec's, lets a line break follow.
        found += [
            fault_of_form(type_)
            for meta in rules_of(type_, msgspec.Meta)
            if meta.pattern is not None and re.fullmatch(meta.pattern, value) is None
        ]
    return [fault for fault in found if fault is not None]


def fault_of_form(type_: Any) -> str:
    """What is said of a text that does not match the pattern beside `type_`: examples of those that
    do, where there are any.
    """
    examples = [str(one) for meta in rules_of(type_, msgspec.Meta) for one in meta.examples or ()]
    return f"must be written like {' or '.join(examples)}" if examples else "has the wrong form"


def without_null(type_: Any) -> Any:
    """The type of what is there: `type_` without what stands beside it, null and unset."""
    while typing.get_origin(type_) is typing.Annotated:
        type_ = typing.get_args(type_)[0]
    arguments = [
        a for a in typing.get_args(type_) if a is not type(None) and a is not msgspec.UnsetType
    ]
    if len(arguments) == 1 and typing.get_origin(type_) in (typing.Union, types.UnionType):
        return without_null(arguments[0])
    return type_


def rules_of(type_: Any, kind: Any) -> list[Any]:
    """The rules of `kind` written beside `type_` itself, through optional and unset."""
    found = [m for m in getattr(type_, "__metadata__", ()) if isinstance(m, kind)]
    if typing.get_origin(type_) is typing.Annotated:
        return rules_of(typing.get_args(type_)[0], kind) + found
    if typing.get_origin(type_) in (typing.Union, types.UnionType):
        return [rule for member in typing.get_args(type_) for rule in rules_of(member, kind)]
    return found
