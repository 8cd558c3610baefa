"""Responses of the gateway itself, and how they are sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple

from gateway.connection import UpstreamConnectionLost
from gateway.headers import Fields
from gateway.request import Request, Send


class Response(NamedTuple):
    """A response of the gateway itself. The `headers` of a page include its security headers; those
    of the API are added to the others.
    """

    status: int
    headers: Fields
    body: bytes = b""
    is_page: bool = False
    parts: AsyncIterator[bytes] | None = None  # streamed in place of a body


Endpoint = Callable[[Request], Awaitable[Response]]


async def send_whole(
    send: Send, request: Request, status: int, headers: Fields, body: bytes
) -> None:
    """Sends a complete response, without its body for HEAD."""
    if status not in (204, 304):
        headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else body})


async def send_parts(
    send: Send, request: Request, status: int, headers: Fields, parts: AsyncIterator[bytes]
) -> None:
    """Streams a response of unknown length; for HEAD only its headers. Nothing is sent before the
    first part is available: until then the response can still be a problem. Raises
    UpstreamConnectionLost if a later part cannot be produced.
    """
    part = await anext(parts)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    if request.method != "HEAD":
        await send({"type": "http.response.body", "body": part, "more_body": True})
        try:
            async for part in parts:
                await send({"type": "http.response.body", "body": part, "more_body": True})
        except Exception as error:
            raise UpstreamConnectionLost from error
    await send({"type": "http.response.body", "body": b""})
