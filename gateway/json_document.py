"""JSON documents of the API that stay the same until the process is restarted."""

from __future__ import annotations

import gzip

from gateway.entity_tags import digest_of, entity_tag, is_known
from gateway.headers import JSON
from gateway.negotiation import GZIP, IDENTITY, content_coding
from gateway.request import Request
from gateway.responses import Response

NO_CACHE = (b"cache-control", b"no-cache")


class JsonDocument:
    """An endpoint that serves a JSON document, which is compressed once."""

    def __init__(self, body: bytes) -> None:
        self._bodies = {GZIP: gzip.compress(body, mtime=0), IDENTITY: body}
        digest = digest_of(body)
        self._tags = {coding: entity_tag(digest, coding) for coding in self._bodies}

    async def __call__(self, request: Request) -> Response:
        """The document in the coding that the client prefers, unless it has it already."""
        coding = content_coding(request, tuple(self._bodies))
        tag = self._tags[coding]
        headers = [JSON, NO_CACHE, (b"etag", tag), (b"vary", b"Accept-Encoding")]
        if is_known(request, tag):
            return Response(304, headers)
        if coding != IDENTITY:
            headers.append((b"content-encoding", coding))
        return Response(200, headers, self._bodies[coding])
