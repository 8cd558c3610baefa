"""Operational endpoints of every service: health, metrics, and its OpenAPI document."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State

from shared.draining import draining
from shared.metrics import CONTENT_TYPE, exposition
from shared.openapi import description_of


class Health(msgspec.Struct):
    """Whether the service can serve requests; `dependencies` maps each to its state, `versions`
    lists versions of what the service computes with.
    """

    status: str
    dependencies: dict[str, str] = {}
    versions: dict[str, str] = {}


@get("/openapi.json", include_in_schema=False, sync_to_thread=False)
def describe(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The service's OpenAPI document; the gateway merges them."""
    return description_of(request.app)


@get("/health/live", include_in_schema=False)
async def live() -> Health:
    """Whether the process responds."""
    return Health(status="up")


@get("/health/ready", include_in_schema=False)
async def ready(state: State) -> Response[Health]:
    """Whether requests can be served, and the state of each dependency; 503 if not."""
    dependencies = await state.service.health()
    # Without the broker requests still succeed and events wait in the outbox: degraded, not down.
    up = dependencies["database"] == "up"
    status = "up" if all(v == "up" for v in dependencies.values()) else "degraded" if up else "down"
    if draining.begun:
        status, up = "draining", False
    health = Health(status, dependencies, state.service.versions)
    return Response(health, status_code=200 if up else 503)


@get("/metrics", include_in_schema=False, media_type=CONTENT_TYPE, sync_to_thread=False)
def metrics() -> bytes:
    """The process's metrics, for Prometheus."""
    return exposition()


HANDLERS = (live, ready, metrics, describe)
