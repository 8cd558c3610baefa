"""Whether the gateway and the services behind it can work."""

from __future__ import annotations

import asyncio

import msgspec

from gateway.connection import UpstreamConnectionLost
from gateway.gateway_app import Answer
from gateway.request import Request
from gateway.upstream import Upstream
from shared.draining import draining
from shared.problems import Unavailable

LIMIT_SECONDS = 1.0
JSON = (b"content-type", b"application/json")


class Health(msgspec.Struct):
    """`status`: up, degraded (all answer, one lacks something it can do without for a while), down, or draining (it is being
    stopped).
    """

    status: str
    dependencies: dict[str, str] = {}


class HealthChecks:
    """`GET /health/live` and `GET /health/ready`."""

    def __init__(self, upstreams: dict[str, Upstream]) -> None:
        self._upstreams = upstreams

    async def live(self, _: Request) -> Answer:
        """The process answers: that is all."""
        return _answer(200, Health("up"))

    async def ready(self, _: Request) -> Answer:
        """Asks every service at once; 503 when one of them is down."""
        names = list(self._upstreams)
        states = await asyncio.gather(*(state_of(self._upstreams[name]) for name in names))
        status = "down" if "down" in states else "degraded" if "degraded" in states else "up"
        if draining.begun:
            status = "draining"
        ready = status in ("up", "degraded")
        return _answer(200 if ready else 503, Health(status, dict(zip(names, states, strict=True))))


async def state_of(upstream: Upstream) -> str:
    """What a service says of itself; `down` when it does not say."""
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            status, body = await get(upstream, "/health/ready")
            health = msgspec.json.decode(body, type=Health)
    except (TimeoutError, Unavailable, UpstreamConnectionLost, msgspec.MsgspecError):
        return "down"
    return health.status if status == 200 and health.status in ("up", "degraded") else "down"


async def get(upstream: Upstream, path: str) -> tuple[int, bytes]:
    """The gateway's own question to a service, on a connection of its own. Raises Unavailable,
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
