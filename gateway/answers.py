"""Answers that the gateway gives itself, and how answers are sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple

from gateway.connection import UpstreamConnectionLost
from gateway.headers import Fields
from gateway.request import Request, Send


class Answer(NamedTuple):
    """An answer of the gateway itself. `headers` include the security fields of its kind (`API` is
    added where there are none).
    """

    status: int
    headers: Fields
    body: bytes = b""
    is_page: bool = False
    parts: AsyncIterator[bytes] | None = None  # in place of a body, sent as they come


Endpoint = Callable[[Request], Awaitable[Answer]]


async def send_whole(
    send: Send, request: Request, status: int, headers: Fields, body: bytes
) -> None:
    """Sends an answer at once; to HEAD without its body."""
    if status not in (204, 304):
        headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else body})


async def send_parts(
    send: Send, request: Request, status: int, headers: Fields, parts: AsyncIterator[bytes]
) -> None:
    """Sends an answer as its parts come; to HEAD without them, and without their length, which is
    not known. Nothing is sent before the first part is there: until then a problem can be answered.
    Raises UpstreamConnectionLost when a later part cannot be made.
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
