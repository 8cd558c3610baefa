"""Parameters and response headers of operations."""

from __future__ import annotations

from typing import Any

from gateway.examples.finding import parameter_example

Node = dict[str, Any]

# Path parameters by name; a service's own description takes precedence.
IN_PATH = {
    "booking_id": "The booking's id.",
    "calendar_id": "The calendar's id.",
    "consultant_id": "The consultant's id, which is their user id.",
    "file": "The last part of a `photo_url`.",
    "session_id": "The id of a session in the caller's list of sessions.",
    "slot_id": "The slot's id.",
    "token": "The secret part of the calendar feed's address.",  # nosec B105
}
HEADERS: Node = {
    "X-Request-ID": {
        "description": "The id of this request: the client's own, or a new one.",
        "schema": {"type": "string", "maxLength": 128},
        "example": "5d1f0c9e7a3b4e2f8c6d9b0a1e2f3c4d",
    },
    "Retry-After": {
        "description": "Seconds to wait before retrying.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 2,
    },
    "RateLimit": {
        "description": "The remaining requests `r`, and the seconds `t` until more are allowed.",
        "schema": {"type": "string"},
        "example": '"default";r=599;t=60',
    },
    "RateLimit-Policy": {
        "description": "The limit: `q` requests in `w` seconds.",
        "schema": {"type": "string"},
        "example": '"default";q=600;w=60',
    },
    "WWW-Authenticate": {
        "description": "How to authenticate.",
        "schema": {"type": "string"},
        "example": "Bearer",
    },
}
IDEMPOTENCY_KEY: Node = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Makes retries safe: the same key with the same body returns the first response."
    " Kept for 24 hours, per user.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x20-\\x7e]+$"},
    "example": "8f14e45f-ceea-467f-a0e6-3b8c1d2e4f5a",
}
STRIPE_SIGNATURE: Node = {
    "name": "Stripe-Signature",
    "in": "header",
    "required": False,
    "description": "Stripe's signature over the bytes of the body; 400 if it is not valid.",
    "schema": {"type": "string"},
    "example": "t=1795372800,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd",
}


def parameter_of(parameter: Node, name: str) -> Node:
    """A parameter without redundant keys and null, which a URL cannot express."""
    schema = without_null(parameter.get("schema", {}))
    description = parameter.get("description") or schema.get("description")
    if description is None and parameter["in"] == "path":
        description = IN_PATH[name]
    made: Node = {
        "name": name,
        "in": parameter["in"],
        "required": parameter.get("required", False),
    }
    if description:
        made["description"] = description
    made["schema"] = {key: value for key, value in schema.items() if key != "description"}
    return made | parameter_example(name)


def without_null(schema: Node) -> Node:
    """The schema of the value if it is present, for optional parameters and bodies."""
    kinds = schema.get("type")
    if isinstance(kinds, list):
        solid_kinds = [kind for kind in kinds if kind != "null"]
        schema = {**schema, "type": solid_kinds[0] if len(solid_kinds) == 1 else solid_kinds}
        if "enum" in schema:
            schema["enum"] = [value for value in schema["enum"] if value is not None]
    choices = schema.get("oneOf") or schema.get("anyOf")
    if not choices:
        return schema
    solid = [choice for choice in choices if choice.get("type") != "null"]
    rest = {key: value for key, value in schema.items() if key not in ("oneOf", "anyOf")}
    return {**rest, **solid[0]} if len(solid) == 1 else {**rest, "anyOf": solid}
