"""The API's description, as a validator reads it."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs

from gateway.openapi import DOCUMENT
from gateway.routes import Route

document = json.loads(DOCUMENT.read_text())
schemas = document["components"]["schemas"]


def operation_of(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = document["paths"][route.path][route.method.lower()]
    return operation


def body_schema(route: Route) -> dict[str, Any] | None:
    content = operation_of(route).get("requestBody", {}).get("content", {})
    schema: dict[str, Any] | None = content.get("application/json", {}).get("schema")
    return schema if route.body == "json" else None


def body_example(route: Route) -> Any:
    return operation_of(route)["requestBody"]["content"]["application/json"]["example"]


def query_parameters(route: Route) -> list[dict[str, Any]]:
    return [p for p in operation_of(route).get("parameters", ()) if p["in"] == "query"]


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


def validator(schema: dict[str, Any]) -> Any:
    whole = {**schema, "components": document["components"]}
    return jsonschema_rs.validator_for(whole, validate_formats=True)


def shown(value: Any) -> str:
    text = ascii(value)
    return text if len(text) < 120 else f"{text[:100]}… ({len(text)} characters)"
