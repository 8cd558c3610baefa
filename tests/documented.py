"""Compares responses with the API's description: status, error code, and every field of a body."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import httpx
import jsonschema_rs

from gateway.openapi import DOCUMENT

Node = dict[str, Any]
PROBLEM = "application/problem+json"


class DescribedApi:
    """The operations of the committed description."""

    def __init__(self) -> None:
        document = json.loads(DOCUMENT.read_text())
        self._components = {
            "schemas": {
                name: _closed(schema) for name, schema in document["components"]["schemas"].items()
            }
        }
        # Templates with fewer parameters first: the `me` of `/consultants/me/…` is no id.
        self._paths = [
            (re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))), operations)
            for path, operations in sorted(
                document["paths"].items(), key=lambda item: (item[0].count("{"), item[0])
            )
        ]
        self._validators: dict[int, Any] = {}

    async def check(self, response: httpx.Response) -> None:
        """An event hook of httpx. Raises AssertionError if the operation is described and the
        response is not what its description says. Streams and pages are left alone.
        """
        request = response.request
        operation = self._operation(request.method.lower(), request.url.path)
        if operation is None:
            return
        called = f"{request.method} {request.url.path}: {response.status_code}"
        described = operation["responses"].get(str(response.status_code))
        assert described is not None, f"{called} is not described"
        media_type = response.headers.get("content-type", "").partition(";")[0]
        content = described.get("content", {})
        if media_type in ("text/event-stream", "text/html") or response.status_code == 304:
            return
        body = await response.aread()
        if not content:
            assert not body, f"{called} has a body, which is not described"
            return
        assert media_type in content, f"{called} is of {media_type}, described are {list(content)}"
        if "json" in media_type:
            value = json.loads(body)
            errors = [
                f"{'.'.join(map(str, error.instance_path))}: {error.message}"
                for error in self._validator(content[media_type]["schema"]).iter_errors(value)
            ]
            assert not errors, f"{called}: {errors}"
            if media_type == PROBLEM:
                codes = described["x-problem-codes"]
                assert value["code"] in codes, f"{called}: {value['code']} is none of {codes}"

    def _operation(self, method: str, path: str) -> Node | None:
        for template, operations in self._paths:
            if template.fullmatch(path):
                found: Node | None = operations.get(method)
                return found
        return None

    def _validator(self, schema: Node) -> Any:
        if id(schema) not in self._validators:
            whole = {**schema, "components": self._components}
            self._validators[id(schema)] = jsonschema_rs.validator_for(whole, validate_formats=True)
        return self._validators[id(schema)]


def _closed(schema: Node) -> Node:
    """The schema, without fields that it does not name."""
    made = copy.deepcopy(schema)
    if "properties" in made:
        made.setdefault("additionalProperties", False)
    return made
