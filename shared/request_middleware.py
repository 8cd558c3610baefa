"""Request ids, access log and metrics of every request."""

from __future__ import annotations

import time
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from shared.metrics import REQUESTS, method_label
from shared.telemetry import (
    RequestContext,
    log,
    new_request_id,
    request_context,
    valid_request_id,
    valid_traceparent,
)


def route_of(scope: Any) -> str:
    """The route of a request, as named in logs and metrics."""
    return str(scope.get("path_template") or "unknown")


class RequestMiddleware:
    """ASGI middleware: accepts or creates the request id, adds it to the response, logs and
    measures. Written for speed, because it runs for every request.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request; passes everything but HTTP through."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        method = str(scope["method"])
        request_id = traceparent = None
        for name, value in scope["headers"]:
            if name == b"x-request-id":
                request_id = value.decode("latin-1")
            elif name == b"traceparent":
                traceparent = value.decode("latin-1")
        if not valid_request_id(request_id):
            request_id = new_request_id()
        assert request_id is not None
        token = request_context.set(
            RequestContext(
                request_id, None, traceparent if valid_traceparent(traceparent) else None
            )
        )
        status, started = 0, time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-request-id", request_id.encode()),
                ]
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            took = time.perf_counter() - started
            route = route_of(scope)
            REQUESTS.labels(method_label(method), route, status).observe(took)
            if status >= 500 or took > 1.0 or method != "GET":
                log.info(
                    "request", method=method, path=route, status=status, ms=round(took * 1000, 1)
                )
            request_context.reset(token)
