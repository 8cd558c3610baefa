"""What the gateway's tests say of every answer."""

from __future__ import annotations

import re
from typing import Any

import httpx

from gateway.tests.conftest import Service
from shared.ids import new_id

JSON = {"content-type": "application/json"}


def address_of(path: str) -> str:
    return re.sub(r"\{\w+\}", str(new_id()), path)


def assert_problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["request_id"] == response.headers["x-request-id"]
    assert {"type", "title", "detail"} <= body.keys()
    return body


async def has_received_a_request(service: Service) -> bool:
    """Whether a request has reached the service."""
    return bool(service.received)
