"""What the public pages show, fetched from the directory as any client would and cached for some
seconds: a page that many clients request costs one request.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any
from uuid import UUID

import msgspec

from gateway.connection import UpstreamConnectionLost
from gateway.errors import UpstreamTimeout
from gateway.health import get
from gateway.upstream import Upstream
from shared.problems import Unavailable

ASK_SECONDS = 5.0
FRESH_SECONDS = 10.0
MAX_REMEMBERED = 1000


class Catalogue:
    """The directory's responses. Each method raises Unavailable or UpstreamTimeout if there is
    none.
    """

    def __init__(self, directory: Upstream) -> None:
        self._directory = directory
        self._remembered: dict[str, tuple[float, Any]] = {}
        self._asking: dict[str, asyncio.Task[Any]] = {}

    async def at(self, path: str) -> Any | None:
        """The JSON at an address of the API, at most ten seconds old; None for a 404."""
        known = self._remembered.get(path)
        if known is not None and time.monotonic() - known[0] < FRESH_SECONDS:
            return known[1]
        task = self._asking.get(path)
        if task is None:
            task = self._asking[path] = asyncio.create_task(self._ask_and_keep(path))
            task.add_done_callback(lambda _: self._asking.pop(path, None))
        return await asyncio.shield(task)

    async def is_gone(self, consultant_id: UUID) -> bool:
        """Whether there was such an expert whose account has been closed."""
        answer = await self.at(f"/internal/consultants/{consultant_id}/gone")
        return bool(answer and answer["gone"])

    async def listed(self, after: UUID, limit: int) -> list[dict[str, Any]]:
        """Experts with a public page, by id, those after `after`."""
        return await self._ask(f"/internal/consultants?after={after}&limit={limit}") or []

    async def _ask_and_keep(self, path: str) -> Any | None:
        answer = await self._ask(path)
        if len(self._remembered) >= MAX_REMEMBERED:
            self._remembered.clear()
        self._remembered[path] = (time.monotonic(), answer)
        return answer

    async def _ask(self, path: str) -> Any | None:
        try:
            async with asyncio.timeout(ASK_SECONDS):
                status, body = await get(self._directory, path)
        except TimeoutError:
            raise UpstreamTimeout from None
        except UpstreamConnectionLost:
            raise Unavailable from None
        if status == 404:
            return None
        if status != 200:
            raise Unavailable
        return msgspec.json.decode(body)
