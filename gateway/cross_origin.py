"""CORS: pages of the origins in CORS_ORIGINS may read the API's responses."""

from __future__ import annotations

from collections.abc import Collection

from gateway.headers import Fields
from gateway.request import Request


class CrossOrigin:
    """CORS headers for these origins; without any, no CORS header is sent."""

    def __init__(self, origins: Collection[bytes]) -> None:
        self._origins = origins

    def preflight(self, request: Request, allow: bytes) -> Fields:
        """The headers for a preflight request; `allow` lists the methods."""
        if request.origin not in self._origins or request.preflight is None:
            return []
        return [
            (b"access-control-allow-methods", allow),
            (
                b"access-control-allow-headers",
                b"authorization, content-type, idempotency-key, if-none-match, last-event-id,"
                b" x-request-id, traceparent",
            ),
            (b"access-control-max-age", b"600"),
        ]

    def fields(self, request: Request) -> Fields:
        """The headers of every response, which depend on the origin."""
        if not self._origins:
            return []
        varies: Fields = [(b"vary", b"Origin")]
        if request.origin not in self._origins:
            return varies
        return [
            *varies,
            (b"access-control-allow-origin", request.origin or b""),
            (b"access-control-allow-credentials", b"true"),
            (
                b"access-control-expose-headers",
                b"ETag, X-Request-ID, Retry-After, RateLimit, RateLimit-Policy",
            ),
        ]
