"""Strict validation of query parameters. An invalid query gets one response that lists every error,
with the same messages as for bodies.

Litestar decodes a query leniently (`1e2` is an integer, `1765357200` an instant) and stops at the
first error. This validation runs before it, against the same declarations, and accepts only what
the API description allows.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterable
from typing import Any

import msgspec
from litestar import Request
from litestar.handlers import BaseRouteHandler
from litestar.params import ParameterKwarg, QueryParameter
from litestar.types import AnyCallable

from shared.counts import counted
from shared.field_messages import conversion_error
from shared.problems import FieldError, ValidationFailed
from shared.rules import NUL, TextFormat, TypeRules

REQUIRED = "is required"
# Key in a handler's `opt`: pairs of parameters; if both are given, the second must be later.
IN_ORDER = "in_order"
# The format of numbers and booleans in a query.
_FORMATS = {
    int: TextFormat(r"-?(?:0|[1-9][0-9]{0,17})", "must be a whole number in digits"),
    float: TextFormat(
        r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", "must be a number, such as 4.5"
    ),
    bool: TextFormat("true|false|1|0", "must be true or false"),
}
# Keyed by the handler's function: a reference to the handler would keep its application in memory.
_declared: dict[AnyCallable, tuple[Parameter, ...]] = {}
_LIMITS = ("gt", "ge", "lt", "le", "multiple_of", "pattern", "min_length", "max_length")


class Parameter(msgspec.Struct, frozen=True):
    """One declared parameter. `rules` are those of a single value."""

    name: str
    rules: TypeRules
    required: bool
    max_repeats: int | None  # None if it takes a single value

    def errors(self, given: list[str]) -> list[str]:
        """The distinct errors of the values given for it."""
        if self.max_repeats is not None and len(given) > self.max_repeats:
            return [f"must be given at most {counted(self.max_repeats, 'time')}"]
        errors = (error for text in given for error in self._validated(text)[1])
        return list(dict.fromkeys(errors))

    def value(self, text: str) -> Any:
        """Converts `text`, which is valid, to the parameter's type."""
        return self._validated(text)[0]

    def _validated(self, text: str) -> tuple[Any, list[str]]:
        if "\0" in text:
            return None, [NUL]
        text_format = _FORMATS.get(self.rules.base_type)
        if text_format is not None and re.fullmatch(text_format.pattern, text) is None:
            return None, [text_format.message]
        message = self.rules.format_error(text)
        if message is not None:
            return None, [message]
        try:
            value = msgspec.convert(text, self.rules.type_, strict=False)
        except msgspec.ValidationError as error:
            return None, [conversion_error(str(error), self.rules.type_)]
        return value, self.rules.errors_of(value)


async def reject_invalid_query(request: Request[Any, Any, Any]) -> None:
    """Litestar's `before_request`: raises ValidationFailed naming every bad parameter."""
    declared = parameters_of(request.route_handler)
    if not declared:
        return
    given: dict[str, list[str]] = {}
    if request.scope["query_string"]:
        for name, text in request.query_params.multi_items():
            given.setdefault(name, []).append(text)
    errors = [
        FieldError(parameter.name, message)
        for parameter in declared
        for message in _errors(parameter, given)
    ]
    errors += _out_of_order(request.route_handler, declared, given, {e.field for e in errors})
    if errors:
        raise ValidationFailed(errors)


def _errors(parameter: Parameter, given: dict[str, list[str]]) -> list[str]:
    texts = given.get(parameter.name)
    if texts is None:
        return [REQUIRED] if parameter.required else []
    return parameter.errors(texts if parameter.max_repeats is not None else texts[-1:])


def _out_of_order(
    handler: BaseRouteHandler,
    declared: Iterable[Parameter],
    given: dict[str, list[str]],
    invalid: set[str],
) -> list[FieldError]:
    named = {parameter.name: parameter for parameter in declared}
    errors = []
    for first, second in handler.opt.get(IN_ORDER, ()):
        if {first, second} <= given.keys() - invalid:
            begin = named[first].value(given[first][-1])
            if named[second].value(given[second][-1]) <= begin:
                errors.append(FieldError(second, f"must be after {first}"))
    return errors


def parameters_of(handler: BaseRouteHandler) -> tuple[Parameter, ...]:
    """The query parameters that a handler declares (`Annotated[…, QueryParameter(…)]`)."""
    found = _declared.get(handler.fn)
    if found is None:
        found = _declared[handler.fn] = _parameters_of(handler)
    return found


def _parameters_of(handler: BaseRouteHandler) -> tuple[Parameter, ...]:
    hints = typing.get_type_hints(handler.fn, include_extras=True)
    fields = handler.parsed_fn_signature.parameters
    return tuple(
        _parameter(name, hints[name], field.kwarg_definition, required=not field.has_default)
        for name, field in fields.items()
        if isinstance(field.kwarg_definition, QueryParameter)
    )


def _parameter(name: str, hint: Any, declared: ParameterKwarg, *, required: bool) -> Parameter:
    type_, extras = _parts(hint)
    max_repeats, of_item = None, declared
    if typing.get_origin(type_) is list:
        max_repeats = declared.max_items or 100
        type_, extras = _parts(typing.get_args(type_)[0])
        of_item = next((e for e in extras if isinstance(e, ParameterKwarg)), QueryParameter())
    limits = {
        limit: value for limit in _LIMITS if (value := getattr(of_item, limit, None)) is not None
    }
    checks = tuple(extra for extra in extras if not isinstance(extra, ParameterKwarg))
    # built at run time, which the type checker cannot follow
    full = typing.Annotated[(type_, msgspec.Meta(**limits), *checks)]  # type: ignore[valid-type]
    return Parameter(declared.name or name, TypeRules(full), required, max_repeats)


def _parts(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """The type of a hint without None, and its annotations."""
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
