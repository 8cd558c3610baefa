"""`GET /openapi.json`, `/docs` and `/asyncapi.json`: fetched from the services, merged, remembered."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping

import msgspec

from gateway.connection import UpstreamConnectionLost
from gateway.docs import page
from gateway.gateway_app import Answer
from gateway.headers import DOCS_POLICY, of_page
from gateway.health import JSON, get
from gateway.merge import merge
from gateway.operations import Node
from gateway.request import Request
from gateway.upstream import Upstream
from shared import asyncapi
from shared.problems import Unavailable
from shared.telemetry import log

HTML = (b"content-type", b"text/html; charset=utf-8")
NO_CACHE = (b"cache-control", b"no-cache")
FETCH_SECONDS = 2.0
FRESH_SECONDS = 15.0
FIRST_TRY_SECONDS = 2.0


class Description:
    """The merged document. A service that is down is described as it was when it was last up."""

    def __init__(self, upstreams: Mapping[str, Upstream]) -> None:
        self._upstreams = upstreams
        self._documents: dict[str, bytes] = {}
        self._fetched = float("-inf")
        self._lock = asyncio.Lock()
        self._merged: Node | None = None
        self._body = b""
        self._page: bytes | None = None
        self._events = msgspec.json.encode(asyncapi.document())

    async def openapi(self, _: Request) -> Answer:
        """The document. Raises Unavailable when some service has never been reached."""
        await self.merged()
        return Answer(200, [JSON, NO_CACHE], self._body)

    async def merged(self) -> Node:
        """The document as a tree. Raises Unavailable."""
        async with self._lock:
            if time.monotonic() - self._fetched > FRESH_SECONDS or self._merged is None:
                await self._fetch()
        if self._merged is None:
            raise Unavailable("Not every part of the service has been up yet. Try again shortly.")
        return self._merged

    async def prepare(self) -> None:
        """Fetches in the background, at the start, until every service has been reached once."""
        while self._merged is None:
            with contextlib.suppress(Unavailable):
                await self.merged()
                return
            await asyncio.sleep(FIRST_TRY_SECONDS)

    async def _fetch(self) -> None:
        before = dict(self._documents)
        await asyncio.gather(*(self._fetch_one(upstream) for upstream in self._upstreams.values()))
        self._fetched = time.monotonic()
        if len(self._documents) == len(self._upstreams) and (
            self._merged is None or self._documents != before
        ):
            self._merged = merge(
                {name: msgspec.json.decode(text) for name, text in self._documents.items()}
            )
            self._body = msgspec.json.encode(self._merged)
            self._page = None

    async def _fetch_one(self, upstream: Upstream) -> None:
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                status, body = await get(upstream, "/openapi.json")
            if status == 200 and isinstance(msgspec.json.decode(body), dict):
                self._documents[upstream.name] = body
        except (TimeoutError, Unavailable, UpstreamConnectionLost, msgspec.DecodeError) as error:
            log.debug("no description", service=upstream.name, reason=type(error).__name__)

    async def docs(self, request: Request) -> Answer:
        """The page that shows it. Raises Unavailable."""
        document = await self.merged()
        if self._page is None:
            self._page = page(document)
        return Answer(
            200,
            [HTML, NO_CACHE, *of_page(DOCS_POLICY, https=request.https)],
            self._page,
            is_page=True,
        )

    async def asyncapi(self, _: Request) -> Answer:
        """The description of the events."""
        return Answer(200, [JSON, NO_CACHE], self._events)
