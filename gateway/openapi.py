"""`GET /openapi.json`, `/docs` and `/asyncapi.json`: generated at build time (`make openapi`) and
served unchanged.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec

from gateway.docs import page
from gateway.headers import DOCS_POLICY, of_page
from gateway.json_document import NO_CACHE, JsonDocument
from gateway.request import Request
from gateway.responses import Response
from shared import asyncapi

DOCUMENT = Path(__file__).with_name("openapi.json")
HTML = (b"content-type", b"text/html; charset=utf-8")


class Description:
    """The documents that describe the API and its events."""

    def __init__(self, document: Path = DOCUMENT) -> None:
        self._tree = msgspec.json.decode(document.read_bytes())
        self.openapi = JsonDocument(msgspec.json.encode(self._tree))
        self.asyncapi = JsonDocument(msgspec.json.encode(asyncapi.document()))
        self._page: bytes | None = None

    async def docs(self, request: Request) -> Response:
        """The page that shows the API; generated on the first request."""
        if self._page is None:
            self._page = await asyncio.to_thread(page, self._tree)
        headers = [HTML, NO_CACHE, *of_page(DOCS_POLICY, https=request.https)]
        return Response(200, headers, self._page, is_page=True)
