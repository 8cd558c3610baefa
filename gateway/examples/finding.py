"""Finds the examples of the API description. They are written, not generated, so that they agree
with each other and could be sent as they are; a test checks that none is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.examples import (
    accounts,
    availability,
    bookings,
    marketplace,
    notifications,
    payments,
    profiles,
)
from gateway.examples.parameters import PARAMETERS
from gateway.examples.texts import BY_MEDIA_TYPE

Node = dict[str, Any]
PAGE = "Page"
BY_SCHEMA: Node = {
    **accounts.SCHEMAS,
    **profiles.SCHEMAS,
    **availability.SCHEMAS,
    **bookings.SCHEMAS,
    **payments.SCHEMAS,
    **notifications.SCHEMAS,
    **marketplace.SCHEMAS,
}
# By method and path: what an operation answers where its schema's example would be wrong.
BY_OPERATION: Node = {**accounts.OPERATIONS, **availability.OPERATIONS, **bookings.OPERATIONS}


def json_content(schema: Mapping[str, Any], operation: str = "") -> Node:
    """A JSON body's schema with its example: that of `operation`, such as `POST /bookings`, or else
    that of the schema.
    """
    found = BY_OPERATION.get(operation) or _of_schema(schema)
    return {"schema": schema} | ({} if found is None else {"example": found})


def other_content(media_type: str) -> Node:
    """A body that is not JSON: text has an example, binary data has none."""
    if media_type in BY_MEDIA_TYPE:
        return {"schema": {"type": "string"}, "example": BY_MEDIA_TYPE[media_type]}
    return {"schema": {"type": "string", "format": "binary"}}


def parameter_example(name: str) -> Node:
    """The `example` of a parameter in path or query."""
    return {"example": PARAMETERS[name]} if name in PARAMETERS else {}


def _of_schema(schema: Mapping[str, Any]) -> Any:
    if "anyOf" in schema:
        return _of_schema(schema["anyOf"][0])
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    item = BY_SCHEMA.get(name.removesuffix(PAGE))
    if name.endswith(PAGE) and item is not None:
        return {"items": [item], "next_cursor": None}
    return item
