"""Examples for the API description, generated from schemas and field names, so that every operation
has one.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

from gateway.example_values import BY_NAME, BY_PLACE, TIMES

Schema = Mapping[str, Any]


def example(
    schema: Schema,
    components: Mapping[str, Schema],
    name: str = "",
    depth: int = 0,
    place: str = "",
) -> Any:
    """A value that is valid for `schema`; `name` is the field's name, `place` the schema or field
    that contains it.
    """
    placed = f"{place}.{name}"
    if placed in BY_PLACE:
        return BY_PLACE[placed]
    if "$ref" in schema:
        target = str(schema["$ref"]).rpartition("/")[2]
        named = name if name in ("seeker", "consultant") else target.lower()
        return _made({**components[target], **_beside(schema)}, components, name, depth + 1, named)
    return _made(schema, components, name, depth, place)


def _beside(schema: Schema) -> Schema:
    """The keywords next to a `$ref`, which narrow the referenced schema."""
    return {key: value for key, value in schema.items() if key != "$ref"}


def _made(
    schema: Schema, components: Mapping[str, Schema], name: str, depth: int, place: str
) -> Any:
    if "const" in schema:
        return schema["const"]
    choices = schema.get("oneOf") or schema.get("anyOf") or schema.get("allOf")
    if choices:
        return _chosen(schema, list(choices), components, name, depth, place)
    if schema.get("examples"):
        return next(iter(schema["examples"]))
    if "enum" in schema:
        preferred = BY_NAME.get(name)
        return preferred if preferred in schema["enum"] else schema["enum"][0]
    return _of_type(schema, components, name, depth, place)


def _chosen(
    schema: Schema,
    choices: list[Schema],
    components: Mapping[str, Schema],
    name: str,
    depth: int,
    place: str,
) -> Any:
    nullable = any(choice.get("type") == "null" for choice in choices)
    if nullable and (depth > 8 or (name in BY_NAME and BY_NAME[name] is None)):
        return None
    rest = {key: value for key, value in schema.items() if key not in ("oneOf", "anyOf", "allOf")}
    solid = next((choice for choice in choices if choice.get("type") != "null"), None)
    return None if solid is None else example({**rest, **solid}, components, name, depth + 1, place)


def _of_type(
    schema: Schema, components: Mapping[str, Schema], name: str, depth: int, place: str
) -> Any:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((k for k in kind if k != "null"), "null")
    if kind == "object" or "properties" in schema:
        properties: Mapping[str, Schema] = schema.get("properties", {})
        return {
            key: example(value, components, key, depth + 1, place)
            for key, value in properties.items()
        }
    if kind == "array":
        given = BY_NAME.get(name)
        if isinstance(given, list):
            return given
        return [example(schema.get("items", {}), components, name, depth + 1)] if depth <= 8 else []
    if kind == "boolean":
        return name in ("is_active", "can_cancel", "received", "closed", "verified")
    if kind in ("integer", "number"):
        return _number(schema, name, kind)
    return (
        _text(schema, name, place)
        if kind == "string"
        else BY_NAME.get(name, {} if kind is None else None)
    )


def _number(schema: Schema, name: str, kind: str) -> float | int:
    given = BY_NAME.get(name)
    value = (
        given
        if isinstance(given, int | float) and not isinstance(given, bool)
        else schema.get("default")
    )
    if value is None:
        value = 2000 if name.endswith("amount") else schema.get("minimum", 1)
    value = min(max(value, schema.get("minimum", value)), schema.get("maximum", value))
    return int(value) if kind == "integer" else value


def _text(schema: Schema, name: str, place: str) -> str:
    kind = schema.get("format")
    given = BY_NAME.get(name)
    if kind == "date-time":
        return next(
            (time for word, time in TIMES.items() if word in name.split("_")),
            "2026-12-01T08:00:00Z",
        )
    if kind == "date":
        return "2026-12-24"
    if kind in ("uuid", "uuid7"):
        return (
            given
            if isinstance(given, str) and len(given) == 36
            else _id(place if name == "id" else name)
        )
    text = (
        given
        if isinstance(given, str)
        else str(schema.get("default") or name.replace("_", " ") or "text")
    )
    text = text.ljust(int(schema.get("minLength", 0)), ".")
    return text[: int(schema.get("maxLength", len(text)))]


def _id(name: str) -> str:
    """A UUIDv7 derived from the name."""
    digest = hashlib.sha256(name.encode()).digest()
    value = int.from_bytes(bytes.fromhex("019a4a5e2c00") + digest[:10], "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    return str(uuid.UUID(int=(value & ~(0x3 << 62)) | (0x2 << 62)))
