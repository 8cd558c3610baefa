"""An event stream as the web app reads it: from the first event on, and when the connection
breaks, it resumes.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from types import TracebackType
from typing import Any, Self

import httpx

from shared.testing import eventually
from tests.people import Person


class Stream:
    """The stream of one user within the block; `urls` are gateways or replicas, used in turn."""

    def __init__(self, person: Person, *urls: str) -> None:
        self.person = person
        self._urls = urls or (str(person.world.http.base_url),)
        self.events: list[dict[str, Any]] = []
        self.connections = 0
        self._last_id = "0"

    @property
    def ids(self) -> list[int]:
        return [event["id"] for event in self.events]

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._read_for_ever())

        async def is_open() -> bool:
            return self.connections > 0

        await eventually(is_open)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _read_for_ever(self) -> None:
        async with httpx.AsyncClient(timeout=30) as http:
            turn = 0
            while True:
                with contextlib.suppress(httpx.TransportError):
                    await self._read_once(http, self._urls[turn % len(self._urls)])
                turn += 1
                await asyncio.sleep(0.1)

    async def _read_once(self, http: httpx.AsyncClient, url: str) -> None:
        headers = {
            "authorization": f"Bearer {self.person.token}",
            "last-event-id": self._last_id,
        }
        async with http.stream("GET", f"{url}/events", headers=headers) as answer:
            if answer.status_code != 200:
                return
            self.connections += 1
            fields: dict[str, str] = {}
            async for line in answer.aiter_lines():
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                    continue
                if "id" in fields:
                    self._last_id = fields["id"]
                if "event" in fields:
                    self._take(fields)
                fields = {}

    def _take(self, fields: dict[str, str]) -> None:
        assert fields["event"] != "reset", "what was there an instant ago must still be there"
        self.events.append(json.loads(fields["data"]))

    async def sees(self, *types: str, within: float = 30) -> None:
        """Waits until each of these events has arrived."""

        async def have_arrived() -> bool:
            return set(types) <= set(self.types)

        try:
            await eventually(have_arrived, within=within)
        except AssertionError:
            raise AssertionError(f"wanted {types}, but there were {self.types}") from None
