"""How a program leaves without anybody noticing: first it says so, for a while, then it goes.

A caller that keeps connections cannot know that the other end is about to close one: what it sends
just then is lost, and a POST may not be sent again. So on SIGTERM a program goes on answering for
DRAIN_SECONDS, but ends each connection with its answer, and says at `/health/ready` that it is
leaving. A caller that gives up connections after less idle time than that (our gateway: two
seconds) has none left when the program stops listening, and by then it asks the other replicas.
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
    """Whether this process is on its way out; `begin` is called once, by the signal."""

    def __init__(self) -> None:
        self.begun = False
        self._callbacks: set[Callable[[], None]] = set()

    def begin(self) -> None:
        """From now on every answer ends its connection, and `/health/ready` is 503."""
        self.begun = True
        for callback in list(self._callbacks):
            callback()

    def on_begin(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Calls `callback` when the process begins to leave, at once if it has; what is given back
        makes it forgotten. For answers without an end, which would hold the process back.
        """
        self._callbacks.add(callback)
        if self.begun:
            callback()
        return lambda: self._callbacks.discard(callback)


draining = Draining()


def ending_connections(application: Application, state: Draining = draining) -> Application:
    """`application`, whose answers end their connections once `state` has begun. Costs nothing
    before that but a look.
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
