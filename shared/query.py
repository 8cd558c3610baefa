"""Validation of query parameters as a whole: all errors of a query are reported at once, with the
same messages as for bodies.

Litestar decodes queries leniently (`1e2` is a number, `1765357200` an instant) and stops at the
first type error. This runs before it, against the same declarations, and accepts only what the API
documents.
"""

from __future__ import annotations

import functools
import re
import types
import typing
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request
from litestar.handlers import BaseRouteHandler
from litestar.params import ParameterKwarg, QueryParameter

from shared.problems import FieldError, ValidationFailed
from shared.validation import NUL, faults_of, is_instant, readable

REQUIRED = "is required"
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,17})?")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# The format that a text must have before it is converted to that type.
_WRITTEN: dict[Any, tuple[Callable[[str], Any], str]] = {
    int: (_INTEGER.fullmatch, "must be a whole number in digits"),
    float: (_NUMBER.fullmatch, "must be a number in digits"),
    bool: (("true", "false", "1", "0").__contains__, "must be true or false"),
    datetime: (is_instant, "must be an instant in RFC 3339, such as 2026-12-01T09:00:00Z"),
    UUID: (_UUID.fullmatch, "must be a UUID"),
}
_LIMITS = ("gt", "ge", "lt", "le", "multiple_of", "pattern", "min_length", "max_length")


class Parameter(msgspec.Struct, frozen=True):
    """One declared parameter: `type_` is the type of one value, with its limits and checks."""

    name: str
    type_: Any
    plain: Any
    required: bool
    most: int | None  # for a parameter that may repeat; None for one that may not

    def faults(self, given: list[str]) -> list[str]:
        """What is wrong with the given values, each error once."""
        if self.most is None:
            given = given[-1:]
        elif len(given) > self.most:
            return [f"must be given at most {self.most} times"]
        found = (fault for text in given for fault in self._faults_of(text))
        return list(dict.fromkeys(found))

    def _faults_of(self, text: str) -> list[str]:
        if "\0" in text:
            return [NUL]
        is_written, message = _WRITTEN.get(self.plain, (None, ""))
        if is_written is not None and not is_written(text):
            return [message]
        try:
            value = msgspec.convert(text, self.type_, strict=False)
        except msgspec.ValidationError as error:
            return [readable(str(error))]
        return faults_of(value, self.type_)


async def refuse_bad_query(request: Request[Any, Any, Any]) -> None:
    """Litestar's `before_request`: raises ValidationFailed naming every bad parameter."""
    declared = parameters_of(request.route_handler)
    if not declared:
        return
    given: dict[str, list[str]] = {}
    if request.scope["query_string"]:
        for name, text in request.query_params.multi_items():
            given.setdefault(name, []).append(text)
    errors = [
        FieldError(parameter.name, fault)
        for parameter in declared
        for fault in _faults(parameter, given.get(parameter.name))
    ]
    if errors:
        raise ValidationFailed(errors)


def _faults(parameter: Parameter, given: list[str] | None) -> list[str]:
    if given is None:
        return [REQUIRED] if parameter.required else []
    return parameter.faults(given)


@functools.cache
def parameters_of(handler: BaseRouteHandler) -> tuple[Parameter, ...]:
    """The query parameters that a handler declares (`Annotated[…, QueryParameter(…)]`)."""
    hints = typing.get_type_hints(handler.fn, include_extras=True)
    fields = handler.parsed_fn_signature.parameters
    return tuple(
        _parameter(name, hints[name], field.kwarg_definition, required=not field.has_default)
        for name, field in fields.items()
        if isinstance(field.kwarg_definition, QueryParameter)
    )


def _parameter(name: str, hint: Any, declared: ParameterKwarg, *, required: bool) -> Parameter:
    type_, extras = _parts(hint)
    most, of_one = None, declared
    if typing.get_origin(type_) is list:
        most = declared.max_items or 100
        type_, extras = _parts(typing.get_args(type_)[0])
        of_one = next((e for e in extras if isinstance(e, ParameterKwarg)), QueryParameter())
    limits = {
        limit: value for limit in _LIMITS if (value := getattr(of_one, limit, None)) is not None
    }
    checks = tuple(extra for extra in extras if not isinstance(extra, ParameterKwarg))
    # built at run time, which the type checker cannot follow
    full = typing.Annotated[(type_, msgspec.Meta(**limits), *checks)]  # type: ignore[valid-type]
    return Parameter(declared.name or name, full, _unwrapped(type_), required, most)


def _parts(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """A hint's type without None, and all of its annotations."""
    extras: tuple[Any, ...] = ()
    while True:
        if typing.get_origin(hint) is typing.Annotated:
            extras = (*hint.__metadata__, *extras)
            hint = typing.get_args(hint)[0]
        elif typing.get_origin(hint) in (typing.Union, types.UnionType):
            solid = [member for member in typing.get_args(hint) if member is not type(None)]
            if len(solid) != 1:
                return hint, extras
            hint = solid[0]
        else:
            return hint, extras


def _unwrapped(type_: Any) -> Any:
    return _parts(type_)[0]
