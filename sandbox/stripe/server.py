"""The HTTP side, in one process and thread. Granian speaks HTTP (`running`); this module handles
the requests.
"""

import asyncio
import contextlib
import logging
import os
import socket
import stat
from importlib.resources import files
from typing import Any, Protocol

import msgspec

from sandbox.stripe import forms, pages
from sandbox.stripe.api import Api, Response
from sandbox.stripe.controls import CONTROLS
from sandbox.stripe.delivery import Dispatcher
from sandbox.stripe.errors import StripeError, invalid
from sandbox.stripe.faults import Fault, Faults
from sandbox.stripe.reading import IncomingRequest
from sandbox.stripe.rows import Body
from sandbox.stripe.settings import Settings
from sandbox.stripe.settlement import SETTING
from sandbox.stripe.spec import Spec
from sandbox.stripe.store import Store

log = logging.getLogger(__name__)
JSON = ("content-type", "application/json")
CORS = [
    ("access-control-allow-origin", "*"),
    ("access-control-allow-methods", "GET, POST, DELETE, OPTIONS"),
    ("access-control-allow-headers", "*"),
    ("access-control-expose-headers", "Request-Id, Stripe-Should-Retry, Idempotent-Replayed"),
    ("access-control-max-age", "600"),
]
SCRIPT_PATHS = frozenset({"/v3/", "/v3", "/endive/stripe.js", "/js.stripe.com/v3/"})
SCRIPT_PARTS = ("wire", "style", "element", "elements", "challenge", "stripe")


class Scope(Protocol):
    """The parts of granian's scope that are used here."""

    method: str
    path: str
    query_string: str
    scheme: str
    server: str
    client: str
    headers: Any


def script() -> bytes:
    """The replacement of Stripe.js: its parts in one function, so that they share a scope and
    define no globals.
    """
    folder = files("sandbox.stripe").joinpath("static")
    parts = [folder.joinpath(f"{name}.js").read_text() for name in SCRIPT_PARTS]
    return ("(function () {\n'use strict';\n" + "\n".join(parts) + "})();\n").encode()


def cut_off(client: str) -> None:
    """Close the connection of a client (host:port) without an answer, which no server interface
    offers.
    """
    host, _, port = client.rpartition(":")
    for descriptor in map(int, os.listdir("/dev/fd")):
        with contextlib.suppress(OSError):
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                with socket.fromfd(descriptor, socket.AF_INET, socket.SOCK_STREAM) as connection:
                    if connection.getpeername()[:2] == (host, int(port)):
                        connection.shutdown(socket.SHUT_RDWR)


class Application:
    """Everything under one address: the API, the controls, the pages, the script."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(settings.data)
        if settings.settlement_currency:
            self.store.defaults[SETTING] = {"currency": settings.settlement_currency}
        self.dispatcher = Dispatcher(self.store, settings.endpoints)
        self.faults = Faults(self.store)
        self.api = Api(Spec(), self.store, self.dispatcher, self.faults, settings.keys)
        self.script = script()

    async def __rsgi__(self, scope: Scope, protocol: Any) -> None:
        """One request."""
        path, method = scope.path, scope.method
        if method == "OPTIONS":
            protocol.response_empty(204, CORS)
        elif path.startswith(("/v1/", "/v2/")):
            await self._api(scope, protocol)
        elif path.startswith("/_sandbox/"):
            await self._sandbox(scope, protocol)
        elif path in SCRIPT_PATHS and method in ("GET", "HEAD"):
            headers = [
                ("content-type", "text/javascript; charset=utf-8"),
                ("cache-control", "no-cache"),
                *CORS,
            ]
            protocol.response_bytes(200, headers, self.script)
        elif path in ("/health/live", "/health/ready"):
            protocol.response_bytes(200, [JSON], b'{"status":"ok"}')
        else:
            await self._api(scope, protocol)

    # -- the API

    async def _api(self, scope: Scope, protocol: Any) -> None:
        asked = await self._asked(scope, protocol)
        fault = (
            self.faults.take(asked.path) if self.faults.rules and asked.method == "POST" else None
        )
        if fault is None:
            self._send(protocol, self.api.answer(asked))
        else:
            await self._disturbed(fault, asked, scope, protocol)

    async def _disturbed(
        self, fault: Fault, asked: IncomingRequest, scope: Scope, protocol: Any
    ) -> None:
        if fault.mode == "timeout_before":
            self.api.note_unanswered(asked)
            await self._hang(fault, scope, protocol)
        elif fault.mode == "timeout_after":
            self.api.answer(asked)
            await self._hang(fault, scope, protocol)
        elif fault.mode == "slow":
            await self._slow(fault, asked, protocol)
        elif fault.mode == "500_after":
            self._send(protocol, self.api.answer(asked, break_after=True))
        else:
            error = fault.answer()
            if error is not None:
                self._send(protocol, self.api.refuse(asked, error))

    async def _slow(self, fault: Fault, asked: IncomingRequest, protocol: Any) -> None:
        slot = self.api.slot(asked)
        if slot is not None and slot in self.api.running:
            self._send(protocol, self.api.answer(asked))
            return
        if slot is not None:
            self.api.running.add(slot)
        try:
            await asyncio.sleep(fault.wait())
        finally:
            self.api.running.discard(slot or "")
        self._send(protocol, self.api.answer(asked))

    async def _hang(self, fault: Fault, scope: Scope, protocol: Any) -> None:
        """Do not answer until the client disconnects; after a while, close the connection."""
        try:
            async with asyncio.timeout(fault.wait()):
                await protocol.client_disconnect()
        except TimeoutError:
            cut_off(scope.client)
        with contextlib.suppress(RuntimeError):
            protocol.response_empty(500, [])  # the client is gone, but granian requires a response

    def _send(self, protocol: Any, answer: Response) -> None:
        headers = [JSON, *CORS, *((name.lower(), value) for name, value in answer.headers.items())]
        protocol.response_bytes(answer.status, headers, answer.body)

    async def _asked(self, scope: Scope, protocol: Any) -> IncomingRequest:
        headers = dict(scope.headers.items())
        body = await protocol() if scope.method in ("POST", "PUT", "PATCH") else b""
        origin = (
            self.settings.public_url or f"{scope.scheme}://{headers.get('host') or scope.server}"
        )
        return IncomingRequest(scope.method, scope.path, scope.query_string, body, headers, origin)

    # -- controls and pages

    async def _sandbox(self, scope: Scope, protocol: Any) -> None:
        asked = await self._asked(scope, protocol)
        segments = asked.path.removeprefix("/_sandbox/").split("/")
        try:
            params = self._params(asked)
            page = pages.shown(self.api, asked.method, segments, params)
            if page is not None:
                self.api.finish()
                self._show(protocol, page)
                return
            body = msgspec.json.encode(self._control(asked.method, segments, params))
            self.api.finish()
            self._send(protocol, Response(200, body, {}))
        except StripeError as error:
            self.store.rollback()
            self.dispatcher.discard_posted()
            self._send(protocol, Response(error.status, msgspec.json.encode(error.body), {}))
        except Exception:
            log.exception("%s %s", asked.method, asked.path)
            self.store.rollback()
            self.dispatcher.discard_posted()
            self._send(
                protocol,
                Response(500, b'{"error":{"type":"api_error","message":"see the log"}}', {}),
            )

    def _control(self, method: str, segments: list[str], params: Body) -> Any:
        for (wanted, pattern), control in CONTROLS.items():
            parts = pattern.split("/")
            if wanted == method and len(parts) == len(segments):
                pairs = list(zip(parts, segments, strict=True))
                if all(part in ("*", segment) for part, segment in pairs):
                    return control(
                        self.api, params, *(segment for part, segment in pairs if part == "*")
                    )
        raise StripeError(404, f"No such control: {method} /_sandbox/{'/'.join(segments)}")

    def _params(self, asked: IncomingRequest) -> Body:
        try:
            query = forms.decode(asked.query)
            if not asked.body:
                return query
            if asked.body.lstrip()[:1] == b"{":
                return query | msgspec.json.decode(asked.body, type=dict[str, Any])
            return query | forms.decode(asked.body.decode())
        except (UnicodeDecodeError, msgspec.DecodeError, msgspec.ValidationError) as error:
            raise invalid(f"Invalid request body: {error}") from error

    def _show(self, protocol: Any, page: pages.Page) -> None:
        headers = [("content-type", "text/html; charset=utf-8"), ("cache-control", "no-store")]
        if page.location is not None:
            headers.append(("location", page.location))
        protocol.response_bytes(page.status, headers, page.html.encode())
