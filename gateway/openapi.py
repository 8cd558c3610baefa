"""`GET /openapi.json`, `/docs` and `/asyncapi.json`: generated at build time (`make openapi`) and
served unchanged.
"""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import msgspec

from gateway.docs import page
from gateway.headers import DOCS_POLICY, of_page
from gateway.health import JSON
from gateway.negotiation import GZIP, IDENTITY, content_coding
from gateway.request import Request
from gateway.responses import Response
from shared import asyncapi

DOCUMENT = Path(__file__).with_name("openapi.json")
HTML = (b"content-type", b"text/html; charset=utf-8")
NO_CACHE = (b"cache-control", b"no-cache")


class Description:
    """The documents that describe the API and its events."""

    def __init__(self, document: Path = DOCUMENT) -> None:
        self._tree = msgspec.json.decode(document.read_bytes())
        self._api = _Document(msgspec.json.encode(self._tree))
        self._events = _Document(msgspec.json.encode(asyncapi.document()))
        self._page: bytes | None = None

    async def openapi(self, request: Request) -> Response:
        """The OpenAPI document."""
        return self._api.answer(request)

    async def asyncapi(self, request: Request) -> Response:
        """The description of the events."""
        return self._events.answer(request)

    async def docs(self, request: Request) -> Response:
        """The page that shows the API; generated on the first request."""
        if self._page is None:
            self._page = page(self._tree)
        headers = [HTML, NO_CACHE, *of_page(DOCS_POLICY, https=request.https)]
        return Response(200, headers, self._page, is_page=True)


class _Document:
    """A JSON document, compressed once."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._packed = gzip.compress(body, mtime=0)
        self._etag = b'"%b"' % hashlib.sha256(body).hexdigest()[:20].encode()

    def answer(self, request: Request) -> Response:
        headers = [JSON, NO_CACHE, (b"etag", self._etag), (b"vary", b"Accept-Encoding")]
        if request.if_none_match is not None and self._etag in request.if_none_match:
            return Response(304, headers)
        if content_coding(request, (GZIP, IDENTITY)) == GZIP:
            return Response(200, [*headers, (b"content-encoding", GZIP)], self._packed)
        return Response(200, headers, self._body)
