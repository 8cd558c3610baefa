"""Strict decoding of request bodies. An invalid body gets one response that lists every bad field.

msgspec stops at the first error. So a body with an error, or of a type with rules that msgspec does
not know, is validated field by field. That takes a thousand times as long per byte, in the event
loop, so what is too long is not looked into, and MAX_ERRORS errors are enough (decision 0079).
"""

from __future__ import annotations

import contextlib
import functools
import re
import typing
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from shared.field_messages import conversion_error
from shared.problems import FieldError, ValidationFailed
from shared.rules import (
    NUL,
    Check,
    Normalize,
    RelatedFields,
    Rule,
    TextFormat,
    TypeRules,
    ValidatedByCommand,
    ValidFields,
    rules_of,
    struct_of,
    text_format_of,
    without_null,
)

# Validation ends with this many errors: nobody reads more, and a megabyte of bad items would get a
# response of 35 and take half a minute.
MAX_ERRORS = 1_000
# The maximum depth of free-form data. Later readers and writers are recursive, and would fail at a
# depth that depends on their own stack.
MAX_DEPTH = 32

_AT = re.compile(r" - at `\$(.*?)`$")
# Placeholder for an invalid value.
_INVALID: Any = object()
_decoders: dict[Any, tuple[msgspec.json.Decoder[Any], bool]] = {}


class TooManyErrors(Exception):
    """There are MAX_ERRORS errors, and at least one more."""


class Errors:
    """The errors of a body, at most MAX_ERRORS. `deferred` contains the structs whose combination
    of fields is validated by the command if there are no errors, each with the path prefix of its
    fields.
    """

    def __init__(self) -> None:
        self.found: list[FieldError] = []
        self.deferred: list[tuple[str, type[ValidatedByCommand], ValidFields]] = []
        self._fields: set[str] = set()

    def __len__(self) -> int:
        return len(self.found)

    def append(self, error: FieldError) -> None:
        """Adds an error. Raises TooManyErrors."""
        if len(self.found) == MAX_ERRORS:
            raise TooManyErrors
        self.found.append(error)
        self._fields.add(error.field)

    def add_missing(self, prefix: str, messages: Iterable[tuple[str, str]]) -> None:
        """Adds errors of those fields that have none. Raises TooManyErrors."""
        new = [
            FieldError(prefix + name, message)
            for name, message in messages
            if prefix + name not in self._fields
        ]
        for error in new:
            self.append(error)


def decode(raw: bytes, type_: Any, settings: Any = None) -> Any:
    """Decodes JSON as `type_`, without coercion, unknown fields or NUL characters. `settings` are
    those of the service, for a `ValidatedByCommand`. Raises ValidationFailed with all bad fields.
    """
    known = _decoders.get(type_)
    if known is None:
        known = _decoders[type_] = (msgspec.json.Decoder(type_), _has_rules(type_))
    decoder, has_rules = known
    if not has_rules and b"\\u0000" not in raw:
        with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return decoder.decode(raw)
    try:
        tree = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValidationFailed(
            [FieldError("body", f"is not valid JSON: {_reason_of(error)}")]
        ) from None
    errors = Errors()
    value = _INVALID
    with contextlib.suppress(TooManyErrors):
        value = _validated(tree, TypeRules(type_), "", errors)
        if errors:
            for prefix, struct, valid in errors.deferred:
                errors.add_missing(prefix, struct.command_errors(valid, settings))
    if errors:
        raise ValidationFailed(errors.found)
    return value


def _reason_of(error: Exception) -> str:
    reason = str(error).replace("JSON is malformed: ", "")[:200]
    return reason[:1].lower() + reason[1:]


def _validated(value: Any, rules: TypeRules, path: str, errors: Errors) -> Any:
    """Converts parsed JSON to the type of `rules`, normalized as they require. Appends an error for
    each invalid part. Raises TooManyErrors.
    """
    if rules.struct is not None and isinstance(value, dict):
        return _validated_struct(value, rules.struct, path, errors)
    if rules.item is not None and isinstance(value, list):
        return _validated_list(value, rules, rules.item, path, errors)
    return _validated_leaf(value, rules, path, errors)


class _StructRules(NamedTuple):
    """What a struct requires: of its fields, by the name they have in JSON, and of their
    combination.
    """

    fields: Mapping[str, tuple[msgspec.structs.FieldInfo, TypeRules]]
    related: type[RelatedFields] | None
    deferred: type[ValidatedByCommand] | None


@functools.cache
def _struct_rules(struct: type[msgspec.Struct]) -> _StructRules:
    """Cached, because msgspec evaluates the annotations anew."""
    fields = {
        field.encode_name: (field, TypeRules(field.type))
        for field in msgspec.structs.fields(struct)
    }
    related = struct if issubclass(struct, RelatedFields) else None
    return _StructRules(fields, related, struct if issubclass(struct, ValidatedByCommand) else None)


def _validated_struct(
    value: dict[str, Any], struct: type[msgspec.Struct], path: str, errors: Errors
) -> Any:
    before = len(errors)
    prefix = f"{path}." if path else ""
    fields, related, deferred = _struct_rules(struct)
    values: dict[str, Any] = {}
    for name, (field, rules) in fields.items():
        if name in value:
            values[name] = _validated(value[name], rules, prefix + name, errors)
        elif field.required:
            errors.append(FieldError(prefix + name, "is required"))
    for name in value:
        if name not in fields:
            errors.append(FieldError(prefix + name, "is not a known field"))
    if related is not None or deferred is not None:
        invalid = {name for name, one in values.items() if one is _INVALID}
        valid = ValidFields({name: values[name] for name in values.keys() - invalid}, invalid)
        if related is not None:
            errors.add_missing(prefix, related.related_errors(valid))
        if deferred is not None:
            errors.deferred.append((prefix, deferred, valid))
    if len(errors) > before:
        return _INVALID
    return struct(**{fields[name][0].name: one for name, one in values.items()})


def _validated_list(
    value: list[Any], rules: TypeRules, item: TypeRules, path: str, errors: Errors
) -> Any:
    try:
        msgspec.convert(value, rules.list_type)
    except msgspec.ValidationError as error:
        errors.append(_field_error(error, rules.type_, path))
        return _INVALID
    items = [_validated(one, item, f"{path}[{index}]", errors) for index, one in enumerate(value)]
    return [None if one is _INVALID else one for one in items]


def _validated_leaf(value: Any, rules: TypeRules, path: str, errors: Errors) -> Any:
    before = len(errors)
    if (
        isinstance(value, str)
        and not rules.is_too_long(value)
        and (message := rules.format_error(value)) is not None
    ):
        errors.append(FieldError(path or "body", message))
        return _INVALID
    if isinstance(value, dict | list) and _is_nested_deeper(value, MAX_DEPTH):
        errors.append(FieldError(path or "body", f"is nested more than {MAX_DEPTH} levels deep"))
        return _INVALID
    if rules.base_type is int and isinstance(value, float) and value.is_integer():
        value = int(value)  # JSON has only one type of numbers
    try:
        converted = msgspec.convert(value, rules.type_)
    except msgspec.ValidationError as error:
        errors.append(_field_error(error, rules.type_, path))
        return _INVALID
    _collect_nul(value, path, errors)
    if len(errors) == before and converted is not None:
        for message in rules.errors_of(converted):
            errors.append(FieldError(path or "body", message))
    if len(errors) > before:
        return _INVALID
    return rules.normalized(converted) if isinstance(converted, str) else converted


def _is_nested_deeper(value: dict[str, Any] | list[Any], levels: int) -> bool:
    if levels == 0:
        return True
    inner = value.values() if isinstance(value, dict) else value
    return any(_is_nested_deeper(one, levels - 1) for one in inner if isinstance(one, dict | list))


def _collect_nul(value: Any, path: str, errors: Errors) -> None:
    if isinstance(value, str) and "\0" in value:
        errors.append(FieldError(path or "body", NUL))
    elif isinstance(value, list):
        for index, element in enumerate(value):
            _collect_nul(element, f"{path}[{index}]", errors)
    elif isinstance(value, dict):
        for key, element in value.items():
            _collect_nul(element, f"{path}.{key}" if path else key, errors)


def _field_error(error: msgspec.ValidationError, type_: Any, path: str) -> FieldError:
    text = str(error)
    match = _AT.search(text)
    inner = match.group(1) if match else ""
    message = text[: match.start()] if match else text
    field = (path + inner).lstrip(".") or "body"
    return FieldError(field, conversion_error(message, type_ if not inner else None))


def _has_rules(type_: Any, seen: frozenset[Any] = frozenset()) -> bool:
    """Whether `type_` has rules that msgspec does not check."""
    if type_ is Any:
        return True  # its depth is limited
    if text_format_of(without_null(type_)) or rules_of(type_, (Check, Rule, TextFormat, Normalize)):
        return True
    if any(meta.pattern is not None for meta in rules_of(type_, msgspec.Meta)):
        return True
    struct = struct_of(type_)
    if struct is not None:
        return issubclass(struct, RelatedFields) or (
            struct not in seen
            and any(
                _has_rules(field.type, seen | {struct}) for field in msgspec.structs.fields(struct)
            )
        )
    return any(_has_rules(argument, seen) for argument in typing.get_args(type_))
