"""A service's OpenAPI document, `GET /openapi.json`, including every error response of its
operations.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.routes import HTTPRoute

from shared import patterns
from shared.fields import FIELD_SCHEMAS, SCHEMAS
from shared.problems import Problem, ProblemBody
from shared.query import Parameter, parameters_of
from shared.rules import without_null

Node = dict[str, Any]

# Key for the problem codes of a response, with their descriptions. The gateway reads it, and so
# does the web app's test of its translations.
PROBLEM_CODES = "x-problem-codes"

# A string schema with one of these keys already restricts which characters are allowed.
_FORMS = frozenset(("pattern", "enum", "format", "$ref"))

document = JsonRenderPlugin(path="/openapi.json")


@dataclass
class ProblemSpec(ResponseSpec):
    """The response for one status, and the problems that have this status."""

    problems: tuple[type[Problem], ...] = ()


def errors(*problems: type[Problem]) -> Mapping[int, ResponseSpec]:
    """The `responses` of a handler that can raise these problems: one per status, with its codes.
    The gateway adds the errors that any operation can have (400, 401, 403, 413, 415, 429, 503),
    because it knows who may call it.
    """
    by_status: dict[int, list[type[Problem]]] = {}
    for problem in problems:
        by_status.setdefault(problem.status, []).append(problem)
    return {
        status: ProblemSpec(
            data_container=ProblemBody,
            description="; ".join(f"`{p.code}`: {p.detail}" for p in group),
            generate_examples=False,
            problems=tuple(group),
        )
        for status, group in by_status.items()
    }


def description_of(application: Litestar) -> Node:
    """The service's OpenAPI document, with the problem codes of each response. The schemas of
    bodies and query parameters are generated from the types that decode them.
    """
    described: Node = application.openapi_schema.to_schema()
    schemas: Node = described.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(copy.deepcopy(FIELD_SCHEMAS))
    for path, method, handler in _handlers(application):
        operation = described["paths"].get(path, {}).get(method)
        if operation is None:
            continue
        for status, spec in (handler.responses or {}).items():
            if isinstance(spec, ProblemSpec):
                codes = {problem.code: problem.detail for problem in spec.problems}
                operation["responses"][str(status)][PROBLEM_CODES] = codes
        _describe_query(operation, handler, schemas)
        _describe_body(operation, handler, schemas)
    return described


def _describe_query(operation: Node, handler: HTTPRouteHandler, schemas: Node) -> None:
    declared = {parameter.name: parameter for parameter in parameters_of(handler)}
    for node in operation.get("parameters", ()):
        if node["in"] == "query":
            kept = {key: node["schema"][key] for key in ("default",) if key in node["schema"]}
            node["schema"] = _schema_of(declared[node["name"]], schemas) | kept


def _schema_of(parameter: Parameter, schemas: Node) -> Node:
    (schema,), components = _described([parameter.rules.type_])
    schemas.update(components)
    if parameter.max_repeats is None:
        return schema
    return {"type": "array", "items": schema, "maxItems": parameter.max_repeats}


def _describe_body(operation: Node, handler: HTTPRouteHandler, schemas: Node) -> None:
    field = handler.parsed_data_field
    struct = without_null(field.annotation) if field is not None else None
    if not (isinstance(struct, type) and issubclass(struct, msgspec.Struct)):
        return
    schemas.update(_described([struct])[1])


def _described(types: list[Any]) -> tuple[list[Node], Node]:
    """The JSON schemas of `types`, and the components that they refer to."""
    described, components = msgspec.json.schema_components(types, ref_template=SCHEMAS + "{name}")
    return _complete(list(described)), _complete(components)


def _complete(node: Any) -> Any:
    """`node` without empty defaults, and with the rules that apply to every string and object."""
    if isinstance(node, list):
        return [_complete(one) for one in node]
    if not isinstance(node, dict):
        return node
    made = {
        key: _complete(value)
        for key, value in node.items()
        if not (key == "default" and (value is None or value == []))
    }
    if "enum" in made and all(isinstance(value, str) for value in made["enum"]):
        made["type"] = "string"
    if isinstance(made.get("description"), str):
        made["description"] = " ".join(made["description"].split())  # docstrings have line breaks
    if made.get("type") == "string" and made.keys().isdisjoint(_FORMS):
        made["pattern"] = patterns.NO_NUL
    if made.get("type") == "object" and "properties" not in made:
        made.setdefault("additionalProperties", {})
    return made


def _handlers(application: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    for route in application.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                for method in handler.http_methods:
                    yield route.path_format, method.lower(), handler
