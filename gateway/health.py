"""Health of the gateway and the services behind it."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import parse_qs

import msgspec

from gateway.connection import Connection, UpstreamConnectionLost
from gateway.headers import JSON
from gateway.request import Request
from gateway.responses import Response
from gateway.upstream import Upstream
from shared.draining import draining
from shared.problems import Unavailable

# How long a readiness request waits for a service, and the time limit of the request to the
# service.
WAIT_SECONDS = 1.0
ANSWER_SECONDS = 10.0
# How long a report counts as current, and how long it is used in place of one that is late.
FRESH_SECONDS = 1.0
KNOWN_SECONDS = 15.0
# States in which a service still responds: one that is draining does.
SERVING = ("up", "degraded", "draining")


class Health(msgspec.Struct):
    """`status`: up, degraded (all services respond, but one is slow, or lacks a dependency that it
    can do without for a while), down, or draining (the gateway is being stopped).
    """

    status: str
    dependencies: dict[str, str] = {}


class HealthChecks:
    """`GET /health/live` and `GET /health/ready`."""

    def __init__(self, upstreams: dict[str, Upstream]) -> None:
        self._reports = {name: Report(upstream) for name, upstream in upstreams.items()}

    async def live(self, _: Request) -> Response:
        """Whether the process responds."""
        return _answer(200, Health("up"))

    async def ready(self, request: Request) -> Response:
        """The state of every service; 503 if one of them is down, except those that the caller
        excludes (`?exclude=payments&exclude=…`): without them the gateway still serves everything
        else.
        """
        names = list(self._reports)
        found = await asyncio.gather(*(self._reports[name].state() for name in names))
        states = dict(zip(names, found, strict=True))
        excluded = parse_qs(request.query).get("exclude", [])
        needed = {state for name, state in states.items() if name not in excluded}
        status = "down" if "down" in needed else "up" if set(found) <= {"up"} else "degraded"
        if draining.begun:
            status = "draining"
        return _answer(200 if status in ("up", "degraded") else 503, Health(status, states))


class Report:
    """The last state reported by one service. Concurrent readiness requests share one request to
    the service, which continues after they have given up waiting, so that a slow service is not
    reported as down.
    """

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._state, self._at = "down", float("-inf")
        self._asking: asyncio.Task[None] | None = None

    async def state(self) -> str:
        """One of SERVING, `slow` if the service is late and was serving recently, or `down`."""
        if time.monotonic() - self._at < FRESH_SECONDS:
            return self._state
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
        done, _ = await asyncio.wait((self._asking,), timeout=WAIT_SECONDS)
        if done:
            return self._state
        is_known = time.monotonic() - self._at < KNOWN_SECONDS
        return "slow" if is_known and self._state in SERVING else "down"

    async def _ask(self) -> None:
        try:
            self._state = await state_of(self._upstream)
            self._at = time.monotonic()
        finally:
            self._asking = None


async def state_of(upstream: Upstream) -> str:
    """The state that a service reports; `down` if it does not respond."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            _, body = await get(upstream, "/health/ready")
            health = msgspec.json.decode(body, type=Health)
    except (TimeoutError, Unavailable, UpstreamConnectionLost, msgspec.MsgspecError):
        return "down"
    return health.status if health.status in SERVING else "down"


async def get(upstream: Upstream, path: str) -> tuple[int, bytes]:
    """Sends a GET request of the gateway itself to a service, on a new connection. If the
    connection ends before any byte of a response, it is sent once more, to another replica if there
    is one. Raises Unavailable, UpstreamConnectionLost.
    """
    connection = await upstream.connect()
    try:
        return await _got(upstream, connection, path)
    except UpstreamConnectionLost:
        if connection.response_begun:
            raise
    return await _got(upstream, await upstream.connect(connection.address), path)


async def _got(upstream: Upstream, connection: Connection, path: str) -> tuple[int, bytes]:
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


def _answer(status: int, health: Health) -> Response:
    return Response(status, [JSON], msgspec.json.encode(health))
