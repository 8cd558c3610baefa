"""Checking and coercing request parameters, compiled from their schemas.

A checker takes the value as it came and its name as Stripe would print it (`a[b][0]`), and returns
the value in its type or raises Stripe's own 400. Form values are all strings and are coerced; JSON
values (v2) must have their type.
"""

import re
from collections.abc import Callable
from typing import Any, Protocol

from sandbox.stripe.errors import StripeError, invalid

Checker = Callable[[Any, str], Any]
INTEGER = re.compile(r"-?\d{1,18}")
NUMBER = re.compile(r"-?\d{0,18}\.?\d{1,12}")
GONE = (
    "The `payment_method_types` parameter is no longer supported. "
    "Use `allowed_payment_method_types` or `automatic_payment_methods`."
)


class Schemas(Protocol):
    """Where `$ref` leads."""

    def resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema that `schema` refers to, or itself."""
        ...


def checker(schemas: Schemas, schema: dict[str, Any], *, form: bool) -> Checker:
    """Compile one schema. Nested ones are compiled when first met, because many nest deep and few
    are used.
    """
    schema = schemas.resolve(schema)
    if "anyOf" in schema:
        return _any([_later(schemas, option, form) for option in schema["anyOf"]])
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        return _object(schemas, schema, form)
    if kind == "array":
        return _array(_later(schemas, schema.get("items", {}), form), form)
    if kind in ("integer", "number"):
        return _number(whole=kind == "integer", form=form)
    if kind == "boolean":
        return _boolean(form)
    return _string(frozenset(schema.get("enum", ())), list(schema.get("enum", ())))


def _later(schemas: Schemas, schema: dict[str, Any], form: bool) -> Checker:
    made: list[Checker] = []

    def check(value: Any, name: str) -> Any:
        if not made:
            made.append(checker(schemas, schema, form=form))
        return made[0](value, name)

    return check


def _any(options: list[Checker]) -> Checker:
    def check(value: Any, name: str) -> Any:
        first: StripeError | None = None
        for option in options:
            try:
                return option(value, name)
            except StripeError as error:
                first = first or error
        raise first or invalid("Invalid value", None, name)

    return check


def _object(schemas: Schemas, schema: dict[str, Any], form: bool) -> Checker:
    properties = {
        name: _later(schemas, inner, form) for name, inner in schema.get("properties", {}).items()
    }
    required: list[str] = schema.get("required", [])
    extra = schema.get("additionalProperties", True)
    rest = _later(schemas, extra, form) if isinstance(extra, dict) else None

    def check(value: Any, name: str) -> Any:
        if not isinstance(value, dict):
            if value == "" and form and not required and not properties:
                return ""  # metadata="" clears a map
            raise invalid("Invalid object", None, name or None)
        found: dict[str, Any] = {}
        for key, inner in value.items():
            inner_name = f"{name}[{key}]" if name else key
            known = properties.get(key)
            if known is not None:
                found[key] = known(inner, inner_name)
            elif extra is False:
                raise _unknown(inner_name)
            else:
                found[key] = rest(inner, inner_name) if rest else inner
        for key in required:
            if key not in value:
                inner_name = f"{name}[{key}]" if name else key
                raise invalid(
                    f"Missing required param: {inner_name}.", "parameter_missing", inner_name
                )
        return found

    return check


def _unknown(name: str) -> StripeError:
    if name == "payment_method_types":
        return invalid(GONE, "payment_method_types_no_longer_supported", name)
    return invalid(f"Received unknown parameter: {name}", "parameter_unknown", name)


def _array(item: Checker, form: bool) -> Checker:
    def check(value: Any, name: str) -> Any:
        if value == "" and form:
            return []
        if not isinstance(value, list):
            raise invalid("Invalid array", None, name)
        return [item(inner, f"{name}[{index}]") for index, inner in enumerate(value)]

    return check


def _number(*, whole: bool, form: bool) -> Checker:
    def check(value: Any, name: str) -> Any:
        if (
            not form
            and isinstance(value, int if whole else int | float)
            and not isinstance(value, bool)
        ):
            return value
        if form and isinstance(value, str):
            if INTEGER.fullmatch(value):
                return int(value) if whole else float(value)
            if not whole and NUMBER.fullmatch(value):
                return float(value)
        shown = value if isinstance(value, str) else type(value).__name__
        raise invalid(f"Invalid integer: {shown}", "parameter_invalid_integer", name)

    return check


def _boolean(form: bool) -> Checker:
    def check(value: Any, name: str) -> Any:
        if not form and isinstance(value, bool):
            return value
        if form and value in ("true", "false"):
            return value == "true"
        raise invalid(f"Invalid boolean: {value}", None, name)

    return check


def _string(allowed: frozenset[str], shown: list[str]) -> Checker:
    def check(value: Any, name: str) -> Any:
        if not isinstance(value, str):
            raise invalid("Invalid string", None, name)
        if "\x00" in value:
            raise invalid("Invalid string: it contains a NUL character", None, name)
        if allowed and value not in allowed:
            raise invalid(f"Invalid {name}: must be one of {', '.join(shown[:12])}", None, name)
        return value

    return check
