"""The complete service: a port, the broker, all background tasks. For streams, which an in-process
client cannot read while they are open.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server

from services.notifications.app import build
from services.notifications.settings import NotificationsSettings
from shared.auth import User
from shared.settings import load
from shared.testing import Infrastructure, eventually, test_verifier, token_for
from shared.testing.ports import free_port


class Replica:
    """One replica of the service, within this process."""

    def __init__(self, infrastructure: Infrastructure, amqp_url: str, **settings: str) -> None:
        environment = {
            "DATABASE_URL": infrastructure.service_urls["notifications"],
            "AMQP_URL": amqp_url,
            "LOG_LEVEL": "critical",
            "DATABASE_POOL_SIZE": "4",
            **settings,
        }
        self.app = build(load(NotificationsSettings, environment), verifier=test_verifier())
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.server = Server(
            self.app,
            address="127.0.0.1",
            port=self.port,
            interface=Interfaces.ASGI,
            http=HTTPModes.http1,
            websockets=False,
            log_enabled=False,
        )

    @property
    def hub(self) -> Any:
        return self.app.state.hub

    async def start(self) -> None:
        self.task = asyncio.create_task(self.server.serve())
        await eventually(self.is_ready, within=90, every=0.2)

    async def is_ready(self) -> bool:
        try:
            async with httpx.AsyncClient() as http:
                answer = await http.get(f"{self.url}/health/ready")
        except httpx.TransportError:
            return False
        return bool(answer.json().get("status") == "up")

    async def stop(self) -> None:
        self.server.stop()  # type: ignore[no-untyped-call] # granian's
        await self.task


class Reading:
    """The messages that an open stream has received so far."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.comments = 0
        self.ended = False
        self.task: asyncio.Task[None]

    @property
    def ids(self) -> list[int]:
        return [int(m["id"]) for m in self.messages if "id" in m and m["event"] != "reset"]

    @property
    def names(self) -> list[str]:
        return [m["event"] for m in self.messages]

    async def has(self, count: int) -> None:
        async def enough() -> bool:
            return len(self.messages) >= count

        await eventually(enough)

    async def has_ended(self) -> None:
        async def over() -> bool:
            return self.ended

        await eventually(over)

    async def take(self, answer: httpx.Response) -> None:
        fields: dict[str, str] = {}
        try:
            async for line in answer.aiter_lines():
                if line.startswith(":"):
                    self.comments += 1
                elif line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                else:
                    if "event" in fields:
                        self.messages.append({**fields, "data": json.loads(fields["data"])})
                    fields = {}
        except httpx.TransportError:
            pass
        self.ended = True


@asynccontextmanager
async def reading(
    replica: Replica, user: User, headers: dict[str, str] | None = None, **claims: Any
) -> AsyncIterator[Reading]:
    """An open stream of that user."""
    params = claims.pop("params", {})
    token = token_for(user, **claims)
    made = Reading()
    async with httpx.AsyncClient(timeout=60) as http:
        headers = {"authorization": f"Bearer {token}", **(headers or {})}
        request = http.build_request("GET", f"{replica.url}/events", headers=headers, params=params)
        answer = await http.send(request, stream=True)
        assert answer.status_code == 200, (await answer.aread(), answer.status_code)
        assert answer.headers["content-type"].startswith("text/event-stream")
        made.task = asyncio.create_task(made.take(answer))

        async def open_now() -> bool:
            return made.comments > 0 or bool(made.messages) or made.ended

        await eventually(open_now)
        try:
            yield made
        finally:
            await answer.aclose()
            made.task.cancel()
            await asyncio.gather(made.task, return_exceptions=True)
