"""Validates responses and events against Stripe's API description, converted to JSON Schema."""

import gzip
import json
import re
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from sandbox.stripe.supplement import OPERATIONS, SCHEMAS

NAME = "urn:stripe"
JSON = "application/json"
# Fields of a search result that Stripe documents but its schema lacks.
DOCUMENTED_ONLY = ("next_page",)
# Keywords of OpenAPI that do not affect validation.
DROPPED = frozenset({"description", "title", "example", "format", "deprecated"})


class Described:
    """The description: finds the operation of a request, and validates its response."""

    def __init__(self) -> None:
        packed = files("sandbox.stripe").joinpath("data/stripe-openapi.json.gz").read_bytes()
        document = json.loads(gzip.decompress(packed))
        self.version: str = document["info"]["version"]
        self._schemas: dict[str, Any] = document["components"]["schemas"] | SCHEMAS
        converted = {name: convert(schema) for name, schema in self._schemas.items()}
        contents = {"components": {"schemas": converted}}
        resource = DRAFT202012.create_resource(contents)
        self._registry: Any = Registry().with_resource(NAME, resource)
        paths: dict[str, Any] = document["paths"] | OPERATIONS
        self._routes = [
            (re.compile(re.sub(r"\{[^}]+\}", "[^/]+", template)), template, methods)
            for template, methods in sorted(paths.items(), key=lambda item: item[0].count("{"))
        ]
        self._validator = lru_cache(maxsize=None)(self._make_validator)

    def _make_validator(self, text: str) -> Draft202012Validator:
        return Draft202012Validator(json.loads(text), registry=self._registry)

    def operation(self, method: str, path: str) -> tuple[str, Any] | None:
        """Template and description of the operation at a path; None if there is none."""
        for pattern, template, methods in self._routes:
            if method.lower() in methods and pattern.fullmatch(path):
                return template, methods[method.lower()]
        return None

    def response_errors(self, method: str, path: str, status: int, body: Any) -> list[str]:
        """The differences between a response and the description."""
        if status >= 400:
            return self.faults({"$ref": "#/components/schemas/error"}, body)
        found = self.operation(method, path)
        if found is None:
            return [f"{method} {path} is not described; its response was {status}"]
        schema = found[1]["responses"]["200"]["content"][JSON]["schema"]
        return self.faults(schema, body) + self._unknown(schema, body)

    def object_errors(self, body: Any) -> list[str]:
        """The differences between an object and the description of its type."""
        kind = body.get("object") if isinstance(body, dict) else None
        if kind not in self._schemas:
            return [f"{kind!r} is not an object type"]
        schema = {"$ref": f"#/components/schemas/{kind}"}
        return self.faults(schema, body) + self._unknown(schema, body)

    def faults(self, schema: Any, body: Any) -> list[str]:
        """The differences between `body` and `schema`."""
        validator = self._validator(json.dumps(convert(schema), sort_keys=True))
        return sorted({_reason(error) for error in validator.iter_errors(body)})

    def _unknown(self, schema: Any, body: Any) -> list[str]:
        """Fields that are not in the schema."""
        while "$ref" in schema:
            schema = self._schemas[schema["$ref"].rsplit("/", 1)[-1]]
        properties = schema.get("properties")
        if not properties or not isinstance(body, dict):
            return []
        known = {*properties, *(DOCUMENTED_ONLY if body.get("object") == "search_result" else ())}
        return [f"unknown field {name}" for name in sorted(set(body) - known)]


def convert(schema: Any) -> Any:
    """Converts a schema of OpenAPI 3.0 to JSON Schema."""
    if isinstance(schema, list):
        return [convert(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made: dict[str, Any] = {}
    for name, value in schema.items():
        if name == "properties":
            made[name] = {field: convert(inner) for field, inner in value.items()}
        elif name == "$ref":
            made[name] = f"{NAME}{value}" if value.startswith("#") else value
        elif name not in DROPPED and not name.startswith("x-"):
            made[name] = convert(value)
    if made.pop("nullable", False):
        return {"anyOf": [made, {"type": "null"}]} if made else {}
    return made


def _reason(error: ValidationError) -> str:
    """The location and message of an error's deepest cause."""
    while error.context:
        error = max(error.context, key=lambda one: len(one.absolute_path))
    where = ".".join(str(part) for part in error.absolute_path) or "body"
    return f"{where}: {error.message[:160]}"
