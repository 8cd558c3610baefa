"""What a request may contain is limited, as the API's description says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from gateway.openapi import DOCUMENT

DESCRIPTION: dict[str, Any] = msgspec.json.decode(DOCUMENT.read_bytes())


def lists_in(schema: Any, path: str, seen: frozenset[str] = frozenset()) -> Iterator[Any]:
    """Path and schema of each list within a schema."""
    if isinstance(schema, list):
        for one in schema:
            yield from lists_in(one, path, seen)
    if not isinstance(schema, dict):
        return
    name = schema.get("$ref", "").rpartition("/")[2]
    if name and name not in seen:
        yield from lists_in(DESCRIPTION["components"]["schemas"][name], path, seen | {name})
    if schema.get("type") == "array":
        yield path, schema
    for key, one in schema.items():
        yield from lists_in(one, f"{path}.{key}", seen)


def test_every_list_in_a_request_has_a_limit() -> None:
    found = {
        path: schema.get("maxItems")
        for operations in DESCRIPTION["paths"].values()
        for operation in operations.values()
        if isinstance(operation, dict) and "requestBody" in operation
        for path, schema in lists_in(operation["requestBody"], operation["operationId"])
    }
    assert len(found) >= 6
    assert [path for path, limit in found.items() if limit is None] == []
