"""Receives webhooks and verifies their signatures."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

TIME_LIMIT = 15.0  # seconds until an event must have been delivered


class Delivery(NamedTuple):
    """One request; `path` identifies the endpoint."""

    path: str
    signature: str
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """The event that was delivered."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    def signed_with(self, secret: str) -> bool:
        """Whether the signature was made with `secret`, over timestamp and body."""
        parts = [part.partition("=") for part in self.signature.split(",")]
        stamp = next((value for name, _, value in parts if name == "t"), "")
        payload = stamp.encode() + b"." + self.body
        expected = hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest()
        fresh = stamp.isdecimal() and abs(time.time() - int(stamp)) < 300
        return fresh and any(name == "v1" and value == expected for name, _, value in parts)


class Receiver:
    """Listens on a free port of this machine."""

    def __init__(self) -> None:
        self._came = threading.Condition()
        self._deliveries: list[Delivery] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.keep(Delivery(self.path, self.headers.get("Stripe-Signature", ""), body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Logs nothing: otherwise every delivery would be a line."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def keep(self, delivery: Delivery) -> None:
        """Stores a delivery."""
        with self._came:
            self._deliveries.append(delivery)
            self._came.notify_all()

    def wait_for(self, wanted: Callable[[Delivery], bool]) -> Delivery | None:
        """The first delivery for which `wanted` is true; None if there is none in time."""
        with self._came:
            self._came.wait_for(lambda: any(map(wanted, self._deliveries)), TIME_LIMIT)
            return next(filter(wanted, self._deliveries), None)

    def all_of(self, path: str) -> list[Delivery]:
        """All deliveries to one endpoint so far."""
        with self._came:
            return [one for one in self._deliveries if one.path == path]

    def close(self) -> None:
        """Stops listening."""
        self._server.shutdown()
        self._server.server_close()
