"""Graceful shutdown: a process announces that it is stopping before it stops.

A caller that keeps connections open cannot know that the other end is about to close one: what it
sends at that moment is lost, and a POST must not be retried. So after SIGTERM a process keeps
serving for DRAIN_SECONDS, but closes each connection with its response, and reports at
`/health/ready` that it is draining. A caller that closes idle connections sooner than that (the
gateway: two seconds) has none left when the process stops listening, and by then uses the other
replicas.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_CLOSE = (b"connection", b"close")


class Draining:
    """Whether this process is shutting down. The signal handler calls `begin` once."""

    def __init__(self) -> None:
        self.begun = False
        self._callbacks: set[Callable[[], None]] = set()

    def begin(self) -> None:
        """From now on every response closes its connection, and `/health/ready` responds 503."""
        self.begun = True
        for callback in list(self._callbacks):
            callback()

    def on_begin(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Calls `callback` when draining begins, at once if it already has. The returned function
        unregisters it. For endless responses, which would otherwise delay the shutdown.
        """
        self._callbacks.add(callback)
        if self.begun:
            callback()
        return lambda: self._callbacks.discard(callback)


draining = Draining()


def ending_connections(application: Application, state: Draining = draining) -> Application:
    """Wraps `application` so that responses close their connections once `state` has begun to
    drain. Before that the only cost is one check.
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if state.begun and scope["type"] == "http":
            await application(scope, receive, _closing(send))
        else:
            await application(scope, receive, send)

    return serve


def _closing(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), _CLOSE]}
        await send(message)

    return sent
