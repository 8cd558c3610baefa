"""What the description says of bodies and queries is probed, all of it: a keyword that the
generated tests do not know would be compared one way only, or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gateway.routes import ROUTES
from tests.description.boundary_values import values
from tests.description.document import body_schema, query_parameters, schemas, validator

# Limits and forms; boundary_values.py and the tests have values on both sides of each.
PROBED = {
    "type", "enum", "minimum", "maximum", "minLength", "maxLength", "pattern", "format",
    "minItems", "maxItems", "items", "properties", "required", "additionalProperties", "anyOf",
    "$ref",
}  # fmt: skip
SAYING_NOTHING_OF_VALUES = {"title", "description", "default", "examples"}
FORMATS = {"date-time", "date", "uuid"}
# A value of each, and what beside NO_TEXTS is on either side of it.
LIMITED: dict[str, tuple[dict[str, Any], Any]] = {
    "minimum": ({"type": "integer", "minimum": 5}, 7),
    "maximum": ({"type": "integer", "maximum": 5}, 3),
    "minLength": ({"type": "string", "minLength": 5}, "xxxxxx"),
    "maxLength": ({"type": "string", "maxLength": 5}, "xxx"),
    "minItems": ({"type": "array", "minItems": 2, "items": {"type": "integer"}}, [1, 2]),
    "maxItems": ({"type": "array", "maxItems": 2, "items": {"type": "integer"}}, [1]),
    "enum": ({"type": "string", "enum": ["one", "two"]}, "one"),
    "date-time": ({"type": "string", "format": "date-time"}, "2060-06-01T09:00:00Z"),
    "date": ({"type": "string", "format": "date"}, "2060-06-01"),
    "uuid": ({"type": "string", "format": "uuid"}, "01930000-0000-7000-8000-000000000000"),
    "pattern": ({"type": "string", "pattern": "^[0-9]{2}:[0-9]{2}$"}, "09:00"),
}


def parts(schema: dict[str, Any], seen: set[str]) -> Iterator[dict[str, Any]]:
    """The schema and all that it is made of, each named one once."""
    yield schema
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    inner = [schemas[name]] if name and name not in seen else []
    seen.add(name)
    inner += [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
    inner += [one for key in ("items", "additionalProperties") if (one := schema.get(key))]
    for one in inner:
        yield from parts(one, seen)


def test_every_keyword_of_bodies_and_queries_is_probed() -> None:
    asked = [schema for route in ROUTES if (schema := body_schema(route)) is not None]
    asked += [p["schema"] for route in ROUTES for p in query_parameters(route)]
    seen: set[str] = set()
    found = [part for schema in asked for part in parts(schema, seen)]
    assert len(found) > 200
    keywords = {keyword for part in found for keyword in part}
    assert keywords <= PROBED | SAYING_NOTHING_OF_VALUES
    assert {part["format"] for part in found if "format" in part} <= FORMATS


def test_values_on_both_sides_of_every_limit_are_made() -> None:
    for name, (schema, valid) in LIMITED.items():
        judge = validator(schema)
        of_type = [one for one in values(schema, schemas, valid) if type(one) is type(valid)]
        sides = {judge.is_valid(one) for one in of_type}
        assert sides == {True, False}, name
