"""Limits on request bodies being received, and how rejected ones are discarded."""

from __future__ import annotations

import asyncio

from gateway.request import Receive, Request
from shared.problems import RateLimited, Unavailable

# An ordinary body is read within a millisecond, so only slow ones can be this many. Each occupies
# 140 KB.
UPLOADS_AT_ONCE = 2048
UPLOADS_PER_CALLER = 512
UPLOADS_RETRY_SECONDS = 10
# More than any photo. What is discarded occupies no memory, and most clients report no response if
# the connection ends while they still send.
DISCARDED_BYTES = 64 << 20
DISCARD_SECONDS = 2.0


class Uploads:
    """Counts the bodies being received: each may occupy memory for a minute, and a client could
    open thousands.
    """

    def __init__(
        self, at_once: int = UPLOADS_AT_ONCE, per_caller: int = UPLOADS_PER_CALLER
    ) -> None:
        self._at_once, self._per_caller = at_once, per_caller
        self._callers: dict[str, int] = {}
        self._all = 0

    def begin(self, caller: str) -> None:
        """Counts one more of `caller`. Raises RateLimited if the caller has too many in progress,
        Unavailable if all callers together have.
        """
        number = self._callers.get(caller, 0)
        if number >= self._per_caller:
            raise RateLimited("uploads", quota=self._per_caller, seconds=UPLOADS_RETRY_SECONDS)
        if self._all >= self._at_once:
            raise Unavailable
        self._callers[caller] = number + 1
        self._all += 1

    def end(self, caller: str) -> None:
        """Counts one fewer of `caller`: it is complete or was abandoned."""
        self._all -= 1
        number = self._callers[caller] - 1
        if number:
            self._callers[caller] = number
        else:
            del self._callers[caller]


async def discard(request: Request, receive: Receive) -> None:
    """Reads and discards the rest of a rejected body, so that the client gets the response instead
    of a broken connection.
    """
    if request.body_read or request.content_length > DISCARDED_BYTES or request.expects_continue:
        return
    size = 0
    try:
        async with asyncio.timeout(DISCARD_SECONDS):
            while size < DISCARDED_BYTES:
                message = await receive()
                size += len(message.get("body", b""))
                if message["type"] == "http.disconnect" or not message.get("more_body", False):
                    return
    except TimeoutError:
        return
