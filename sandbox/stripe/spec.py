"""Stripe's own API description: parameters, skeletons, event types, expandable fields.

The document (`data/stripe-openapi.json.gz`, see `data/NOTICE`) has 3,000 schemas. They stay
undecoded until one is needed, and each becomes a checker once: walking JSON Schema for every
request costs more than the request.
"""

import gzip
from collections.abc import Mapping
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

import msgspec

from sandbox.stripe.params import Checker, checker
from sandbox.stripe.supplement import OPERATIONS, SCHEMAS

FORM = "application/x-www-form-urlencoded"
Schema = dict[str, Any]


class _Components(msgspec.Struct):
    schemas: dict[str, msgspec.Raw]


class _Document(msgspec.Struct):
    info: dict[str, Any]
    paths: dict[str, dict[str, Any]]
    components: _Components


class Spec:
    """The description, read once per process."""

    def __init__(self) -> None:
        packed = files("sandbox.stripe").joinpath("data/stripe-openapi.json.gz").read_bytes()
        document = msgspec.json.decode(gzip.decompress(packed), type=_Document)
        self.version: str = document.info["version"]
        self.operations = document.paths | OPERATIONS
        # Copies: a Raw keeps the whole document alive.
        self._raw = {name: bytes(raw) for name, raw in document.components.schemas.items()}
        self._raw |= {name: msgspec.json.encode(schema) for name, schema in SCHEMAS.items()}
        self.schema = lru_cache(maxsize=256)(self._schema)
        self._blanks: dict[str, bytes] = {}
        self._checkers: dict[tuple[str, str], Checker | None] = {}

    def _schema(self, name: str) -> Schema:
        schema: Schema = msgspec.json.decode(self._raw[name])
        return schema

    def resolve(self, schema: Schema) -> Schema:
        """Follow `$ref` to the schema itself."""
        while "$ref" in schema:
            schema = self.schema(schema["$ref"].rsplit("/", 1)[-1])
        return schema

    def blank(self, name: str) -> dict[str, Any]:
        """A new object with every field that Stripe always sends, null if nullable."""
        packed = self._blanks.get(name)
        if packed is None:
            packed = self._blanks[name] = msgspec.json.encode(self._blank({"$ref": f"/{name}"}))
        fresh: dict[str, Any] = msgspec.json.decode(packed)
        return fresh

    def _blank(self, schema: Schema) -> Any:
        if schema.get("nullable"):
            return None
        schema = self.resolve(schema)
        if "anyOf" in schema:
            return self._blank(schema["anyOf"][0])
        if "enum" in schema:
            return schema["enum"][0]
        if schema.get("type") == "object":
            properties: Mapping[str, Schema] = schema.get("properties", {})
            return {
                name: self._blank(properties[name])
                for name in schema.get("required", [])
                if properties
            }
        empty: dict[str, Any] = {
            "array": [],
            "string": "",
            "integer": 0,
            "number": 0,
            "boolean": False,
        }
        return empty.get(schema["type"]) if "type" in schema else None

    def fit(self, kind: str, field: str, value: Any) -> Any:
        """The value given for a field as the object shows it: null if it was omitted or emptied."""
        return self._fit(self.schema(kind)["properties"][field], value)

    def _fit(self, schema: Schema, value: Any) -> Any:
        if value == "" and schema.get("nullable"):
            return None
        schema = self.resolve(schema)
        if "anyOf" in schema:
            schema = self.resolve(schema["anyOf"][-1])
        properties: Mapping[str, Schema] = schema.get("properties", {})
        if not isinstance(value, dict) or not properties:
            return value
        found = {name: self._blank(properties[name]) for name in schema.get("required", [])}
        found |= {
            name: self._fit(properties[name], inner)
            for name, inner in value.items()
            if name in properties
        }
        return found

    def params(self, method: str, template: str) -> Checker | None:
        """The check of an operation's parameters; None where it takes none that are described."""
        key = (method, template)
        if key not in self._checkers:
            operation = self.operations[template][method.lower()]
            content = operation.get("requestBody", {}).get("content", {})
            in_form = FORM in content or "x-query" in operation
            schema = content.get(FORM, {}).get("schema") or operation.get("x-query")
            schema = schema or content.get("application/json", {}).get("schema")
            self._checkers[key] = checker(self, schema, form=in_form) if schema else None
        return self._checkers[key]

    @cached_property
    def event_types(self) -> frozenset[str]:
        """Every type that an event may have and an endpoint may ask for."""
        return frozenset(self.schema("event")["properties"]["type"]["enum"])

    def expandable(self, kind: str) -> frozenset[str]:
        """The fields of an object that hold an id in place of another object."""
        if kind not in self._raw:
            return frozenset()
        properties = self.schema(kind).get("properties", {})
        return frozenset(
            name
            for name, schema in properties.items()
            if "x-expansionResources" in schema or _one_of_many(schema)
        )

    def fields(self, kind: str) -> frozenset[str]:
        """All fields an object may have."""
        if kind not in self._raw:
            return frozenset()
        return frozenset(self.schema(kind).get("properties", {}))


def _one_of_many(schema: Schema) -> bool:
    """Whether a field holds an id or an object of one of several kinds."""
    options = schema.get("anyOf", [])
    return len(options) == 2 and options[0] == {"type": "string"} and "anyOf" in options[1]
