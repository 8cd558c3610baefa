"""Merges the services' OpenAPI documents into one, with exactly the operations of the route table.
Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from gateway.config import Brand, ClientConfig, Features
from gateway.errors import HeadersTooLarge, UriTooLong
from gateway.examples.finding import json_content
from gateway.operations import Node, complete, failure
from gateway.parameters import HEADERS
from gateway.routes import ROUTES, Route
from shared.currencies import Currency
from shared.problems import ProblemBody, ValidationFailed

_SCHEMAS = "#/components/schemas/"
_OURS = {"ProblemBody": "Problem", "FieldError": "FieldError"}
_TAGS = {
    "identity": "Accounts and sessions.",
    "directory": "Consultants: their profiles, and finding them.",
    "booking": "Availability, bookings, sessions and ratings.",
    "payments": "Cards, payments and payouts.",
    "notifications": "Notifications: live, in the list, and by mail.",
}


def merge(documents: Mapping[str, Node], routes: Iterable[Route] = ROUTES) -> Node:
    """One OpenAPI 3.1 document from those of the services, by name."""
    schemas: dict[str, Node] = _own_schemas()
    described = {name: _adopted(name, document, schemas) for name, document in documents.items()}
    paths: Node = {}
    for route in routes:
        paths_of = described.get(route.upstream, {})
        operation = paths_of.get(_shape(route.path), {}).get(route.method.lower())
        if operation is None:
            continue
        paths.setdefault(route.path, {})[route.method.lower()] = complete(route, operation)
    paths["/config"] = {"get": _config(schemas)}
    _close_requests(paths, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Consultant Connect",
            "version": "1",
            "description": "A marketplace for sessions with experts. Instants are RFC 3339 in UTC,"
            " amounts are in the currency's minor unit, errors are `application/problem+json`"
            " (RFC 9457) with a stable `code`.",
            "contact": {"name": "The operator of this marketplace"},
            "license": {
                "name": "Apache-2.0",
                "url": "https://www.apache.org/licenses/LICENSE-2.0",
            },
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name.capitalize(), "description": text} for name, text in _TAGS.items()]
        + [{"name": "Marketplace", "description": "Settings that apply to the whole marketplace."}],
        "paths": paths,
        "components": {
            "schemas": {name: schemas[name] for name in sorted(_reachable(paths, schemas))},
            "headers": HEADERS,
            "securitySchemes": {
                "bearerAuth": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }


def _config(schemas: dict[str, Node]) -> Node:
    """The gateway's own operation."""
    types = (ClientConfig, Brand, Features, Currency)
    _, components = msgspec.json.schema_components(types, ref_template=_SCHEMAS + "{name}")
    schemas.update({name: _tidy(schema, {}) for name, schema in components.items()})
    answer = {"$ref": _SCHEMAS + "ClientConfig"}
    content = {"application/json": json_content(answer)}
    return {
        "tags": ["Marketplace"],
        "summary": "The settings of this marketplace",
        "description": "The settings that clients depend on, the same for everybody.",
        "operationId": "get_config",
        "security": [],
        "responses": {
            "200": {
                "description": "The settings.",
                "headers": {"X-Request-ID": {"$ref": "#/components/headers/X-Request-ID"}},
                "content": content,
            },
            **{str(p.status): failure(p) for p in (ValidationFailed, UriTooLong, HeadersTooLarge)},
        },
    }


def _own_schemas() -> dict[str, Node]:
    _, components = msgspec.json.schema_components([ProblemBody], ref_template=_SCHEMAS + "{name}")
    made: dict[str, Node] = {}
    for name, schema in components.items():
        made[_OURS[name]] = {**_tidy(schema, _OURS), "title": _OURS[name]}
    return made


def _adopted(service: str, document: Node, schemas: dict[str, Node]) -> Node:
    """The paths of one service's document; its schemas are added to `schemas` under unambiguous
    names.
    """
    given = {
        name: schema
        for name, schema in document.get("components", {}).get("schemas", {}).items()
        if name not in _OURS
    }
    names = dict(_OURS)
    for name, schema in given.items():
        new = _readable(str(schema.get("title") or name))
        while new in names.values():
            new += "2"
        names[name] = new
    # A name that two services use for different schemas is prefixed with the service's name, and so
    # may be the names of schemas that refer to it.
    while clashing := [
        name
        for name, schema in given.items()
        if schemas.get(names[name], made := _renamed(name, schema, names)) != made
    ]:
        for name in clashing:
            names[name] = service.capitalize() + names[name]
    for name, schema in given.items():
        schemas[names[name]] = _renamed(name, schema, names)
    paths: Node = _tidy(document.get("paths", {}), names)
    return {_shape(path): operations for path, operations in paths.items()}


def _shape(path: str) -> str:
    """`path` without the names of its parameters: a service may name them differently, and treat a
    file extension as part of one.
    """
    return re.sub(r"\{\w+\}(\.ics)?", "{}", path)


def _renamed(name: str, schema: Node, names: Mapping[str, str]) -> Node:
    return {**_tidy(schema, names), "title": names[name]}


def _readable(title: str) -> str:
    """`Page[Slot]` becomes SlotPage; module names are omitted."""
    generic = re.fullmatch(r"(\w+)\[(?:.*\.)?(\w+)\]", title)
    return f"{generic[2]}{generic[1]}" if generic else re.sub(r"\W", "", title.rpartition(".")[2])


def _tidy(node: Any, names: Mapping[str, str]) -> Any:
    """`node` with renamed references, integers instead of whole floats (`maximum: 100.0`), anyOf
    for unions, and without null defaults.
    """
    if isinstance(node, dict):
        made = {}
        for key, value in node.items():
            if key == "$ref" and isinstance(value, str) and value.startswith(_SCHEMAS):
                name = value.removeprefix(_SCHEMAS)
                made[key] = _SCHEMAS + names.get(name, name)
            elif not (value is False and key in ("deprecated", "allowEmptyValue", "allowReserved")):
                # The framework writes unions as oneOf, which forbids values that match two members,
                # such as an empty list.
                made["anyOf" if key == "oneOf" else key] = _tidy(value, names)
        return _without_lone_union(made)
    if isinstance(node, list):
        return [_tidy(item, names) for item in node]
    return int(node) if isinstance(node, float) and node.is_integer() else node


def _without_lone_union(schema: Node) -> Node:
    """Replaces a union with one member (of a field that may be absent) by that member."""
    members = schema.get("anyOf")
    if not isinstance(members, list) or len(members) != 1:
        return schema
    return {**{key: value for key, value in schema.items() if key != "anyOf"}, **members[0]}


def _close_requests(paths: Node, schemas: dict[str, Node]) -> None:
    """Declares that unknown fields in requests are errors."""
    bodies = [
        op["requestBody"] for path in paths.values() for op in path.values() if "requestBody" in op
    ]
    for name in _reachable(bodies, schemas):
        if "properties" in schemas[name]:
            schemas[name].setdefault("additionalProperties", False)


def _reachable(node: Any, schemas: Mapping[str, Node]) -> set[str]:
    found: set[str] = set()
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, dict):
            target = current.get("$ref")
            if isinstance(target, str) and target.startswith(_SCHEMAS):
                name = target.removeprefix(_SCHEMAS)
                if name not in found:
                    found.add(name)
                    waiting.append(schemas[name])
            waiting.extend(current.values())
        elif isinstance(current, list):
            waiting.extend(current)
    return found
