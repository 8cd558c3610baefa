"""Bodies that come in: how many at once, and what becomes of those that nobody wants."""

from __future__ import annotations

import asyncio

from gateway.request import Receive, Request
from shared.problems import RateLimited, Unavailable

# A body that comes as it should is read within a millisecond, so only those that dawdle are ever
# that many. Each holds 140 KB.
UPLOADS_AT_ONCE = 2048
UPLOADS_PER_CALLER = 512
DISCARDED_BYTES = 8 << 20
DISCARD_SECONDS = 2.0


class Uploads:
    """The bodies that are being read at this moment: each may hold memory for a minute, and a
    stranger may open thousands.
    """

    def __init__(
        self, at_once: int = UPLOADS_AT_ONCE, per_caller: int = UPLOADS_PER_CALLER
    ) -> None:
        self._at_once, self._per_caller = at_once, per_caller
        self._callers: dict[str, int] = {}
        self._all = 0

    def begin(self, caller: str) -> None:
        """One more of `caller`. Raises RateLimited when they have too many under way, Unavailable
        when all of them together have.
        """
        number = self._callers.get(caller, 0)
        if number >= self._per_caller:
            raise RateLimited(headers={"Retry-After": "10"})
        if self._all >= self._at_once:
            raise Unavailable
        self._callers[caller] = number + 1
        self._all += 1

    def end(self, caller: str) -> None:
        """One of theirs is through, or was given up."""
        self._all -= 1
        number = self._callers[caller] - 1
        if number:
            self._callers[caller] = number
        else:
            del self._callers[caller]


async def discard(request: Request, receive: Receive) -> None:
    """Reads and throws away what is left of a refused body, so that its sender gets to the answer
    instead of a broken connection.
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
