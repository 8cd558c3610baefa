"""The composition root of the gateway: the only module that imports all others."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from gateway.config import client_config
from gateway.gateway_app import GatewayApp
from gateway.health import HealthChecks
from gateway.json_document import JsonDocument
from gateway.metrics import serve_metrics
from gateway.openapi import Description
from gateway.request import Receive, Scope, Send
from gateway.responses import Endpoint
from gateway.routes import ROUTES, RouteTable
from gateway.settings import GatewaySettings
from gateway.site.catalogue import Catalogue
from gateway.site.picture import can_shape
from gateway.upstream import MAX_CONCURRENT, MAX_STREAMS, Upstream
from gateway.web import Web
from shared.auth import Verifier
from shared.settings import BadSettings, load_or_exit
from shared.telemetry import configure_logs, log
from shared.tracing import Application, begin

SETTINGS = GatewaySettings


class Gateway:
    """The ASGI application: handles the lifespan itself and HTTP with GatewayApp."""

    def __init__(self, settings: GatewaySettings, verifier: Verifier) -> None:
        self._metrics_listen = settings.metrics_listen
        streaming = {route.upstream for route in ROUTES if route.stream}
        self.upstreams = {
            name: Upstream(name, url, MAX_STREAMS if name in streaming else MAX_CONCURRENT)
            for name, url in settings.upstreams().items()
        }
        health = HealthChecks(self.upstreams)
        description = Description()
        builtin_endpoints: dict[str, Endpoint] = {
            "/health/live": health.live,
            "/health/ready": health.ready,
            "/openapi.json": description.openapi,
            "/docs": description.docs,
            "/asyncapi.json": description.asyncapi,
        }
        config = client_config(settings)
        # The second is the address that earlier builds of the app request.
        builtin_endpoints |= dict.fromkeys(
            ("/config", "/config.json"), JsonDocument(msgspec.json.encode(config))
        )
        catalogue = Catalogue(self.upstreams["directory"])
        web = Web(
            Path(settings.web_root),
            config,
            catalogue,
            settings.public_url,
            Path(settings.legal_root),
        )
        builtin_endpoints |= dict.fromkeys(("/robots.txt", "/sitemap.xml"), web)
        table = RouteTable()
        self._app: GatewayApp | Application = GatewayApp(
            settings, table, self.upstreams, verifier, builtin_endpoints, web
        )
        tracing = begin("gateway")
        if tracing is not None:
            self._app = tracing.requests(self._app, lambda scope: _route(table, scope))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        if scope["type"] == "http":
            await self._app(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            stop_metrics = await self._serve_metrics()
        except (OSError, ValueError) as error:
            log.error("cannot start", reason=f"METRICS_LISTEN: {error}")
            await send({"type": "lifespan.startup.failed"})
            return
        if not can_shape():
            log.warning(
                "pictures of shared links leave out Arabic, Hebrew, Thai and Indic names",
                reason="FriBiDi is not installed (Debian: libfribidi0)",
            )
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if stop_metrics is not None:
            await asyncio.to_thread(stop_metrics)
        for upstream in self.upstreams.values():
            upstream.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve_metrics(self) -> Callable[[], None] | None:
        # in a thread: it looks up the name of the host, which may take seconds
        listen = self._metrics_listen
        return None if listen is None else await asyncio.to_thread(serve_metrics, listen)


def _route(table: RouteTable, scope: Scope) -> str:
    path = table.find(scope["path"])
    route = path.by_method.get(scope["method"]) if path is not None else None
    return route.path if route is not None else "builtin"


def build(settings: GatewaySettings, *, verifier: Verifier | None = None) -> Gateway:
    """The gateway with these settings; tests pass a `verifier`."""
    configure_logs("gateway", settings.log_level)
    return Gateway(settings, verifier or Verifier(settings.keys_url))


def app() -> Gateway:
    """The application that `python -m shared.serve gateway` serves."""
    root = Path(__file__).parent.parent
    os.environ.setdefault("WEB_ROOT", str(root / "web" / "dist"))
    os.environ.setdefault("LEGAL_ROOT", str(root / "deploy" / "legal"))
    try:
        return build(load_or_exit(GatewaySettings))
    except BadSettings as error:
        print(f"Cannot start: {error}.", file=sys.stderr)  # noqa: T201
        raise SystemExit(78) from None
