"""`/metrics` on a separate internal address, never on the public one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from wsgiref.simple_server import WSGIRequestHandler
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from prometheus_client import make_wsgi_app, start_http_server

from shared.metrics import REGISTRY


class Handler(WSGIRequestHandler):
    """Answers one request and closes the connection. Logs nothing: neither requests nor, as the
    library's handler would with a traceback, clients that leave.
    """

    timeout = 5.0  # seconds for which a client may send or take nothing

    def handle(self) -> None:
        """Answers, unless the client leaves or does nothing for too long."""
        with contextlib.suppress(OSError):
            super().handle()

    def log_message(self, format: str, *arguments: object) -> None:
        """Does nothing."""


def serve_metrics(listen: str) -> Callable[[], None]:
    """Serves `GET /metrics` on `listen` (host:port) with prometheus_client's server, which runs in
    threads of its own. Returns the function that stops it, which blocks for up to half a second.

    Raises OSError if the address cannot be listened on.
    """
    host, _, port = listen.rpartition(":")
    server, thread = start_http_server(int(port), host, REGISTRY)
    server.RequestHandlerClass = Handler
    server.set_app(_metrics_only(make_wsgi_app(REGISTRY)))

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return stop


def _metrics_only(application: WSGIApplication) -> WSGIApplication:
    """prometheus_client's application answers every path with the metrics; this one does not."""

    def metrics_only(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/metrics":
            start_response("404 Not Found", [("Content-Length", "0")])
            return []
        return application(environ, start_response)

    return metrics_only
