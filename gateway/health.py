"""Whether the gateway and the services behind it can work."""

from __future__ import annotations

import asyncio
import time

import msgspec

from gateway.answers import Answer
from gateway.connection import UpstreamConnectionLost
from gateway.request import Request
from gateway.upstream import Upstream
from shared.draining import draining
from shared.problems import Unavailable

LIMIT_SECONDS = 1.0
FRESH_SECONDS = 1.0
JSON = (b"content-type", b"application/json")


class Health(msgspec.Struct):
    """`status`: up, degraded (all respond, but one lacks a dependency that it can do without for a
    while), down, or draining (it is being stopped).
    """

    status: str
    dependencies: dict[str, str] = {}


class HealthChecks:
    """`GET /health/live` and `GET /health/ready`."""

    def __init__(self, upstreams: dict[str, Upstream]) -> None:
        self._upstreams = upstreams
        self._states: dict[str, str] = {}
        self._until = float("-inf")
        self._asking: asyncio.Task[dict[str, str]] | None = None

    async def live(self, _: Request) -> Answer:
        """Whether the process responds."""
        return _answer(200, Health("up"))

    async def ready(self, _: Request) -> Answer:
        """What every service reports, at most a second old; 503 if one of them is down. Concurrent
        requests share one request to each service.
        """
        states = await self._asked()
        found = set(states.values())
        status = "down" if "down" in found else "degraded" if "degraded" in found else "up"
        if draining.begun:
            status = "draining"
        ready = status in ("up", "degraded")
        return _answer(200 if ready else 503, Health(status, states))

    async def _asked(self) -> dict[str, str]:
        if time.monotonic() < self._until:
            return self._states
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
        return await asyncio.shield(self._asking)

    async def _ask(self) -> dict[str, str]:
        try:
            names = list(self._upstreams)
            found = await asyncio.gather(*(state_of(self._upstreams[name]) for name in names))
            self._states = dict(zip(names, found, strict=True))
            self._until = time.monotonic() + FRESH_SECONDS
        finally:
            self._asking = None
        return self._states


async def state_of(upstream: Upstream) -> str:
    """What a service reports; `down` if it does not respond."""
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            status, body = await get(upstream, "/health/ready")
            health = msgspec.json.decode(body, type=Health)
    except (TimeoutError, Unavailable, UpstreamConnectionLost, msgspec.MsgspecError):
        return "down"
    return health.status if status == 200 and health.status in ("up", "degraded") else "down"


async def get(upstream: Upstream, path: str) -> tuple[int, bytes]:
    """A request of the gateway itself to a service, on a connection of its own. Raises Unavailable,
    UpstreamConnectionLost.
    """
    connection = await upstream.connect()
    try:
        head = (
            f"GET {path} HTTP/1.1\r\nhost: {upstream.netloc.decode()}\r\nconnection: close\r\n\r\n"
        )
        status, _, body, complete = await connection.ask(head.encode())
        parts = [body]
        while not complete and (piece := await connection.more()):
            parts.append(piece)
    finally:
        upstream.end(connection)
    return status, b"".join(parts)


def _answer(status: int, health: Health) -> Answer:
    return Answer(status, [JSON], msgspec.json.encode(health))
