"""Strict validation of query parameters. An invalid query gets one response that lists every fault,
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

from shared.field_messages import fault_of_conversion
from shared.problems import FieldError, ValidationFailed
from shared.rules import NUL, Written, fault_of_writing, faults_of

REQUIRED = "is required"
# Key in a handler's `opt`: pairs of parameters; if both are given, the second must be later.
IN_ORDER = "in_order"
# The text form of numbers and booleans in a query.
_WRITTEN = {
    int: Written(r"-?(?:0|[1-9][0-9]{0,17})", "must be a whole number in digits"),
    float: Written(
        r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", "must be a number, such as 4.5"
    ),
    bool: Written("true|false|1|0", "must be true or false"),
}
# Keyed by the handler's function: a reference to the handler would keep its application in memory.
_declared: dict[AnyCallable, tuple[Parameter, ...]] = {}
_LIMITS = ("gt", "ge", "lt", "le", "multiple_of", "pattern", "min_length", "max_length")


class Parameter(msgspec.Struct, frozen=True):
    """One declared parameter. `type_` is the type of a single value, annotated with its limits and
    rules.
    """

    name: str
    type_: Any
    plain: Any
    required: bool
    most: int | None  # how often it may be repeated; None if it takes a single value

    def faults(self, given: list[str]) -> list[str]:
        """The distinct faults of the values given for it."""
        if self.most is not None and len(given) > self.most:
            return [f"must be given at most {self.most} times"]
        found = (fault for text in given for fault in self._judged(text)[1])
        return list(dict.fromkeys(found))

    def value(self, text: str) -> Any:
        """Converts `text`, which is valid, to the parameter's type."""
        return self._judged(text)[0]

    def _judged(self, text: str) -> tuple[Any, list[str]]:
        if "\0" in text:
            return None, [NUL]
        written = _WRITTEN.get(self.plain)
        if written is not None and re.fullmatch(written.pattern, text) is None:
            return None, [written.message]
        fault = fault_of_writing(text, self.type_, self.plain)
        if fault is not None:
            return None, [fault]
        try:
            value = msgspec.convert(text, self.type_, strict=False)
        except msgspec.ValidationError as error:
            return None, [fault_of_conversion(str(error), self.type_)]
        return value, faults_of(value, self.type_)


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
        for fault in _faults(parameter, given)
    ]
    errors += _out_of_order(request.route_handler, declared, given, {e.field for e in errors})
    if errors:
        raise ValidationFailed(errors)


def _faults(parameter: Parameter, given: dict[str, list[str]]) -> list[str]:
    texts = given.get(parameter.name)
    if texts is None:
        return [REQUIRED] if parameter.required else []
    return parameter.faults(texts if parameter.most is not None else texts[-1:])


def _out_of_order(
    handler: BaseRouteHandler,
    declared: Iterable[Parameter],
    given: dict[str, list[str]],
    faulty: set[str],
) -> list[FieldError]:
    named = {parameter.name: parameter for parameter in declared}
    errors = []
    for first, second in handler.opt.get(IN_ORDER, ()):
        if {first, second} <= given.keys() - faulty:
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


def _unwrapped(type_: Any) -> Any:
    return _parts(type_)[0]
