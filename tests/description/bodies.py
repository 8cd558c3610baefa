"""Valid bodies according to the description, and variations of one field."""

from __future__ import annotations

import copy
import itertools
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from tests.description.boundary_values import resolved
from tests.description.document import schemas
from tests.description.services import PASSWORD, UNKNOWN_ID


class Location(NamedTuple):
    """One field of a body: its name in errors, its location, and a valid value."""

    name: str
    keys: tuple[str | int, ...]
    schema: dict[str, Any]
    valid: Any


_numbers = itertools.count(1)


def valid_body(schema: dict[str, Any]) -> Any:
    """A valid body, with new values where each body needs its own."""
    schema = resolved(schema, schemas)
    if schema.get("type") == "array":
        return [valid_body(schema["items"])]
    if "properties" in schema:
        required = schema.get("required", ())
        left_out = {"ids"} if schema["title"] == "ReadNotifications" else set()
        return {
            name: valid_field(name, one)
            for name, one in schema["properties"].items()
            if name in required or name not in left_out
        }
    return None


def valid_field(name: str, schema: dict[str, Any]) -> Any:
    plain = resolved(schema, schemas)
    for key in (name, plain.get("format"), plain.get("title")):
        if key in NEW_VALUES:
            return NEW_VALUES[key]()
    if plain.get("examples") or "enum" in plain:
        return (plain.get("examples") or plain["enum"])[0]
    kind = plain.get("type")
    if kind in ("object", "array"):
        return valid_body(schema)
    if kind == "integer":
        return plain.get("default", plain.get("minimum", 1))
    return False if kind == "boolean" else "x" * plain.get("minLength", 1)


def in_days(number: int) -> datetime:
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    return hour + timedelta(days=5 + number % 300)


# By field name, format or type name: values that must be new each time, or must fit other fields.
NEW_VALUES: dict[Any, Any] = {
    "start_time": lambda: in_days(next(_numbers)).isoformat(),
    "from": lambda: in_days(next(_numbers)).isoformat(),
    "end_time": lambda: None,  # see `completed`
    "to": lambda: None,
    "Email": lambda: f"{secrets.token_hex(6)}@example.org",
    "uuid": lambda: UNKNOWN_ID,
    "date": lambda: in_days(next(_numbers)).date().isoformat(),
    "current_password": lambda: PASSWORD,
    "currency": lambda: "usd",
    "expertise_tags": lambda: ["postgres"],
    "languages": lambda: ["en"],
    "data": dict,
}


def completed(body: Any) -> Any:
    """Sets each end to a time after its start."""
    for start, end in (("start_time", "end_time"), ("from", "to")):
        if isinstance(body, dict) and start in body:
            body[end] = (datetime.fromisoformat(body[start]) + timedelta(hours=1)).isoformat()
    for value in (
        body.values() if isinstance(body, dict) else body if isinstance(body, list) else ()
    ):
        completed(value)
    return body


def places(
    schema: dict[str, Any], valid: Any, name: str = "", keys: Any = ()
) -> Iterator[Location]:
    """Every field of a body at any depth; for lists, those of the first item."""
    plain = resolved(schema, schemas)
    for field, one in plain.get("properties", {}).items():
        path, inner = f"{name}.{field}" if name else field, valid.get(field)
        yield Location(path, (*keys, field), one, inner)
        if inner is not None:
            yield from places(one, inner, path, (*keys, field))
    if plain.get("type") == "array" and valid:
        path = f"{name}[0]"
        yield Location(path, (*keys, 0), plain["items"], valid[0])
        yield from places(plain["items"], valid[0], path, (*keys, 0))


def changed(body: Any, keys: tuple[str | int, ...], value: Any) -> Any:
    made = inner = copy.deepcopy(body)
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    return made


def without(body: Any, keys: tuple[str | int, ...]) -> Any:
    made = inner = copy.deepcopy(body)
    for key in keys[:-1]:
        inner = inner[key]
    del inner[keys[-1]]
    return made
