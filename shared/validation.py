"""Strict decoding of request bodies; if a body is invalid, every invalid field is reported at once.

msgspec stops at the first error. Valid bodies are decoded with a single call of it; only an invalid
body is then checked field by field.
"""

from __future__ import annotations

import contextlib
import re
import types
import typing
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from shared.problems import FieldError, ValidationFailed

NUL = "must not contain NUL characters"
NOT_AN_INSTANT = "must be an instant in RFC 3339 with its offset, such as 2026-12-01T09:00:00Z"
_AT = re.compile(r" - at `\$(.*?)`$")
# msgspec also accepts `+0530`, a space in place of the T, and a missing offset.
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_decoders: dict[Any, tuple[msgspec.json.Decoder[Any], bool]] = {}


class Check(msgspec.Struct, frozen=True):
    """A rule that a type cannot express, as an annotation: `Annotated[int, Check(is_even, "must be
    even")]`. `holds` is called with a value that already has the type; `message` completes a
    sentence that begins with the field's name.
    """

    holds: Callable[[Any], bool]
    message: str

    def fault_of(self, value: Any) -> str | None:
        """What is wrong with `value`, None when nothing is."""
        return None if self.holds(value) else self.message


class Rule(msgspec.Struct, frozen=True):
    """A check that produces its own message: `fault_of` returns it, or None."""

    fault_of: Callable[[Any], str | None]


class Normalize(msgspec.Struct, frozen=True):
    """An annotation of a text type: the normalised form in which values are checked and stored."""

    form: Callable[[str], str]


def decode(raw: bytes, type_: Any) -> Any:
    """Decodes `raw` JSON as `type_`, strictly: no coercion, no unknown fields, no NUL. Raises
    ValidationFailed naming all invalid fields.
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
            [FieldError("body", f"is not valid JSON: {_plain(error)}")]
        ) from None
    errors: list[FieldError] = []
    tree = validated(tree, type_, "", errors)
    if errors:
        raise ValidationFailed(errors)
    return msgspec.convert(tree, type_)


def is_instant(text: str) -> bool:
    """Whether `text` has the form of an RFC 3339 instant, which need not exist."""
    return _INSTANT.fullmatch(text) is not None


def _plain(error: Exception) -> str:
    return str(error).replace("JSON is malformed: ", "")[:200]


def validated(value: Any, type_: Any, path: str, errors: list[FieldError]) -> Any:
    """`value` (parsed JSON) after normalisation by its type's rules. Appends an error for every
    leaf that does not fit `type_`.
    """
    plain = _without_annotation(type_)
    struct = _struct_of(plain)
    if struct is not None and isinstance(value, dict):
        return _validated_struct(value, struct, path, errors)
    before = len(errors)
    if typing.get_origin(plain) is list and isinstance(value, list):
        (item,) = typing.get_args(plain)
        value = [validated(v, item, f"{path}[{i}]", errors) for i, v in enumerate(value)]
    elif isinstance(value, str):
        for rule in _rules(type_, Normalize):
            value = rule.form(value)
        if plain is datetime and not is_instant(value):
            errors.append(FieldError(path or "body", NOT_AN_INSTANT))
    if len(errors) == before:
        _validate_leaf(value, type_, path, errors)
    return value


def _validate_leaf(value: Any, type_: Any, path: str, errors: list[FieldError]) -> None:
    try:
        converted = msgspec.convert(value, type_)
    except msgspec.ValidationError as error:
        errors.append(_field_error(error, path))
        return
    before = len(errors)
    _collect_nul(value, path, errors)
    if len(errors) == before and converted is not None:
        errors.extend(FieldError(path or "body", fault) for fault in faults_of(converted, type_))


def faults_of(value: Any, type_: Any) -> list[str]:
    """The messages of all checks of `type_` that `value` fails."""
    found = (check.fault_of(value) for check in _rules(type_, (Check, Rule)))
    return [fault for fault in found if fault is not None]


def _validated_struct(
    value: dict[str, Any], struct: type[msgspec.Struct], path: str, errors: list[FieldError]
) -> dict[str, Any]:
    prefix = f"{path}." if path else ""
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    made: dict[str, Any] = {}
    for name, field in fields.items():
        if name in value:
            made[name] = validated(value[name], field.type, prefix + name, errors)
        elif field.required:
            errors.append(FieldError(prefix + name, "is required"))
    for name in value:
        if name not in fields:
            errors.append(FieldError(prefix + name, "is not a known field"))
    return made


def _collect_nul(value: Any, path: str, errors: list[FieldError]) -> None:
    if isinstance(value, str) and "\0" in value:
        errors.append(FieldError(path or "body", NUL))
    elif isinstance(value, list):
        for index, element in enumerate(value):
            _collect_nul(element, f"{path}[{index}]", errors)
    elif isinstance(value, dict):
        for key, element in value.items():
            _collect_nul(element, f"{path}.{key}" if path else key, errors)


def _field_error(error: msgspec.ValidationError, path: str) -> FieldError:
    text = str(error)
    match = _AT.search(text)
    inner = match.group(1) if match else ""
    message = text[: match.start()] if match else text
    field = (path + inner).lstrip(".") or "body"
    return FieldError(field, readable(message))


def readable(message: str) -> str:
    """msgspec's message as the end of a sentence that begins with the field's name."""
    message = message.replace("`", "")
    for start in ("Expected ", "Invalid "):
        if message.startswith(start):
            verdict = "must be " if start == "Expected " else "is not a valid "
            return verdict + message.removeprefix(start)
    return message[:1].lower() + message[1:]


def _without_annotation(type_: Any) -> Any:
    while typing.get_origin(type_) is typing.Annotated:
        type_ = typing.get_args(type_)[0]
    arguments = [
        a for a in typing.get_args(type_) if a is not type(None) and a is not msgspec.UnsetType
    ]
    if (
        len(arguments) == 1
        and typing.get_origin(type_) is not list
        and type(None) in typing.get_args(type_)
    ):
        return _without_annotation(arguments[0])
    return type_


def _rules(type_: Any, kind: Any) -> list[Any]:
    """The annotations of `kind` on `type_` itself, through optional and unset."""
    found = [m for m in getattr(type_, "__metadata__", ()) if isinstance(m, kind)]
    if typing.get_origin(type_) is typing.Annotated:
        return _rules(typing.get_args(type_)[0], kind) + found
    if typing.get_origin(type_) in (typing.Union, types.UnionType):
        return [rule for member in typing.get_args(type_) for rule in _rules(member, kind)]
    return found


def _has_rules(type_: Any, seen: frozenset[Any] = frozenset()) -> bool:
    """Whether `type_` has any rules beyond msgspec's own."""
    if type_ is datetime or _rules(type_, (Check, Rule, Normalize)):
        return True
    struct = _struct_of(type_)
    if struct is not None:
        return struct not in seen and any(
            _has_rules(field.type, seen | {struct}) for field in msgspec.structs.fields(struct)
        )
    return any(_has_rules(argument, seen) for argument in typing.get_args(type_))


def _struct_of(type_: Any) -> type[msgspec.Struct] | None:
    return type_ if isinstance(type_, type) and issubclass(type_, msgspec.Struct) else None
