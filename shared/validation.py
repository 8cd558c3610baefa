"""Request bodies: decoded strictly, and when something is wrong, every bad field is named at once.

msgspec stops at the first error. The happy path is one call of it; only a body that failed is
walked again, field by field.
"""

import re
import types
import typing
from collections.abc import Callable
from typing import Any

import msgspec

from shared.problems import FieldError, ValidationFailed

NUL = "must not contain NUL characters"
_AT = re.compile(r" - at `\$(.*?)`$")
_decoders: dict[Any, tuple[msgspec.json.Decoder[Any], bool]] = {}


class Check(msgspec.Struct, frozen=True):
    """A rule that a type cannot say, put beside it: `Annotated[str, Check(is_email, "must be an e-mail address")]`.
    `holds` is asked about a value that already has the type; `message` ends the sentence that begins with the field's name.
    """

    holds: Callable[[Any], bool]
    message: str


def decode(raw: bytes, type_: Any) -> Any:
    """`raw` JSON as `type_`, strictly: no coercion, no unknown fields, no NUL. Raises ValidationFailed naming all bad fields."""
    known = _decoders.get(type_)
    if known is None:
        known = _decoders[type_] = (msgspec.json.Decoder(type_), _has_checks(type_))
    decoder, has_checks = known
    try:
        value = decoder.decode(raw)
        if b"\\u0000" not in raw and not has_checks:
            return value
    except msgspec.ValidationError:
        pass
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValidationFailed(
            [FieldError("body", f"is not valid JSON: {_plain(error)}")]
        ) from None
    errors = _errors_in(raw, type_)
    if errors:
        raise ValidationFailed(errors)
    return decoder.decode(raw)


def _plain(error: Exception) -> str:
    return str(error).replace("JSON is malformed: ", "")[:200]


def _errors_in(raw: bytes, type_: Any) -> list[FieldError]:
    try:
        tree = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return [FieldError("body", f"is not valid JSON: {_plain(error)}")]
    errors: list[FieldError] = []
    _collect(tree, type_, "", errors)
    return errors


def _collect(value: Any, type_: Any, path: str, errors: list[FieldError]) -> None:
    """Appends an error for every leaf of `value` that does not fit `type_`."""
    plain = _without_annotation(type_)
    struct = _struct_of(plain)
    if struct is not None and isinstance(value, dict):
        _collect_struct(value, struct, path, errors)
        return
    before = len(errors)
    if typing.get_origin(plain) is list and isinstance(value, list):
        (item,) = typing.get_args(plain)
        for index, element in enumerate(value):
            _collect(element, item, f"{path}[{index}]", errors)
    if len(errors) > before:
        return
    try:
        converted = msgspec.convert(value, type_)
    except msgspec.ValidationError as error:
        errors.append(_field_error(error, path))
        return
    _collect_nul(value, path, errors)
    if len(errors) == before and converted is not None:
        errors.extend(
            FieldError(path or "body", c.message) for c in _checks(type_) if not c.holds(converted)
        )


def _collect_struct(
    value: dict[str, Any], struct: type[msgspec.Struct], path: str, errors: list[FieldError]
) -> None:
    prefix = f"{path}." if path else ""
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    for name, field in fields.items():
        if name in value:
            _collect(value[name], field.type, prefix + name, errors)
        elif field.required:
            errors.append(FieldError(prefix + name, "is required"))
    for name in value:
        if name not in fields:
            errors.append(FieldError(prefix + name, "is not a known field"))


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
    """msgspec's words as the end of a sentence that begins with the field's name."""
    message = message.replace("`", "")
    for start in ("Expected ", "Invalid "):
        if message.startswith(start):
            return ("must be " if start == "Expected " else "is not a valid ") + message[
                len(start) :
            ]
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


def _checks(type_: Any) -> list[Check]:
    """The checks written beside `type_` itself, through optional and unset."""
    found = [m for m in getattr(type_, "__metadata__", ()) if isinstance(m, Check)]
    if typing.get_origin(type_) is typing.Annotated:
        return found + _checks(typing.get_args(type_)[0])
    if typing.get_origin(type_) in (typing.Union, types.UnionType):
        return [check for member in typing.get_args(type_) for check in _checks(member)]
    return found


def _has_checks(type_: Any, seen: frozenset[Any] = frozenset()) -> bool:
    if _checks(type_):
        return True
    struct = _struct_of(type_)
    if struct is not None:
        if struct in seen:
            return False
        return any(
            _has_checks(field.type, seen | {struct}) for field in msgspec.structs.fields(struct)
        )
    return any(_has_checks(argument, seen) for argument in typing.get_args(type_))


def _struct_of(type_: Any) -> type[msgspec.Struct] | None:
    return type_ if isinstance(type_, type) and issubclass(type_, msgspec.Struct) else None
