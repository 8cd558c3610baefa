"""One request to a service and its answer back: streamed both ways, bounded in time, ended when the
client goes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from gateway.connection import Connection, Head, UpstreamConnectionLost
from gateway.errors import UpstreamTimeout, unexplained
from gateway.headers import Fields
from gateway.request import Receive, Request, Scope, Send
from gateway.request_body import ClientDisconnected, RequestBody
from gateway.routes import Route
from gateway.uploads import Uploads
from gateway.upstream import Upstream
from shared.draining import draining
from shared.problems import (
    MEDIA_TYPE,
    RequestTimeout,
    TooLarge,
    Unavailable,
    ValidationFailed,
)

# Only an answer that takes longer than this is worth a task that looks whether the client is still
# there.
WATCH_AFTER_SECONDS = 0.25
HEAD_SECONDS = 30.0
STALL_SECONDS = 30.0

Decorate = Callable[[Fields], Fields]


class Leaving(Exception):
    """This process is being stopped, and an endless answer ends here."""


class ProxyCall:
    """One request on its way. `forward` does all of it; `watch` runs beside it when that is
    needed.
    """

    def __init__(
        self,
        request: Request,
        scope: Scope,
        receive: Receive,
        send: Send,
        uploads: Uploads,
        route: Route | None = None,
    ) -> None:
        self.request = request
        self._is_stream = route is not None and route.stream
        self._scope = scope
        self._body = RequestBody(request, receive, uploads, route)
        self._send = send
        self._streaming = False
        self._connection: Connection | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._deadline: asyncio.Timeout | None = None
        self._ended_by: Exception | None = None
        self.answered = False

    async def forward(self, upstream: Upstream, decorate: Decorate) -> int:
        """Asks `upstream`, answers the client, and says with which status. `decorate` adds the
        gateway's header fields. Raises a Problem as long as nothing was answered,
        UpstreamConnectionLost afterwards, ClientDisconnected when there is nobody to answer.
        """
        try:
            return await self._forward(upstream, decorate)
        finally:
            self._body.end_upload()
            self._ended_by = None

    async def _forward(self, upstream: Upstream, decorate: Decorate) -> int:
        loop = asyncio.get_running_loop()
        reads = self.request.method in ("GET", "HEAD")
        framing = b"" if reads else await self._body.read_ahead()
        head = self.request.lines_for(upstream.netloc, self._scope, framing) + self._body.first
        connection, answer = await self._ask(upstream, head, loop)
        try:
            if self._body.more_to_send:  # it has answered before it had received all
                await self._stop_watching()
                await self._body.discard()
            return await self._answer(connection, answer, decorate)
        finally:
            if self._watcher is not None:
                self._watcher.cancel()
            if self._body.more_to_send:
                # It answered before it had received all: what follows would be taken for a new
                # request.
                connection.close()
            upstream.release(connection, loop.time())

    # ---- to the service

    async def _ask(
        self, upstream: Upstream, head: bytes, loop: asyncio.AbstractEventLoop
    ) -> tuple[Connection, Head]:
        while True:
            connection = upstream.acquire(loop.time())
            kept = connection is not None
            if connection is None:
                connection = await upstream.connect()
            self._connection = connection
            future = connection.ask(head)
            timer = None
            if self._body.more_to_send:
                self._start_watching()
            else:
                timer = loop.call_later(WATCH_AFTER_SECONDS, self._start_watching)
            try:
                return connection, await future
            except BaseException as error:
                if self._watcher is not None:
                    self._watcher.cancel()
                    self._watcher = None
                connection.close()
                upstream.release(connection, loop.time())
                if not isinstance(error, UpstreamConnectionLost):
                    raise
                if self._ended_by is not None:
                    raise self._ended_by from None
                # The service may have closed a kept connection just as we used it: to read again
                # does no harm.
                if not (kept and self.request.method in ("GET", "HEAD")):
                    raise Unavailable from None
            finally:
                # It holds the error, the error this frame, and this frame what the server must see
                # dropped to close the connection: without this the garbage collector, which runs
                # seldom here, would decide when.
                del future
                if timer is not None:
                    timer.cancel()

    def _start_watching(self) -> None:
        if self._watcher is None:
            self._watcher = asyncio.get_running_loop().create_task(self._watch())

    async def _stop_watching(self) -> None:
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            watcher.cancel()
            await asyncio.wait((watcher,))

    async def _watch(self) -> None:
        """Sends the rest of the body, then waits until the client goes or time is up, and ends the
        call.
        """
        assert self._connection is not None
        try:
            if self._body.more_to_send:
                await self._body.send_rest(self._connection)
            async with asyncio.timeout(None if self._streaming else HEAD_SECONDS) as self._deadline:
                while True:
                    await self._body.receive()
        except TimeoutError:
            self._ended_by = UpstreamTimeout()
        except (RequestTimeout, TooLarge, ValidationFailed, ClientDisconnected) as error:
            self._ended_by = error
        self._connection.close()

    # ---- back to the client

    async def _answer(self, connection: Connection, answer: Head, decorate: Decorate) -> int:
        status, headers, body, complete = answer
        self.check(status, headers)
        send = self._send
        if self.request.method == "HEAD":
            body, complete = b"", True
        fields = decorate(headers)
        self.answered = True
        await send({"type": "http.response.start", "status": status, "headers": fields})
        if complete:
            await send({"type": "http.response.body", "body": body})
        else:
            await self._stream(connection, body)
        return status

    def check(self, status: int, headers: Fields) -> None:
        """Raises a problem of ours in place of a service's error that is no problem+json."""
        if status >= 400 and not _is_problem(headers):
            raise unexplained(status)

    async def _stream(self, connection: Connection, body: bytes) -> None:
        """Passes a body on as it comes. Raises UpstreamConnectionLost when the service stops in the
        middle, ClientDisconnected.
        """
        self._streaming = True
        self._start_watching()
        if self._deadline is not None:
            self._deadline.reschedule(None)
        unsubscribe = draining.on_begin(self._leave) if self._is_stream else None
        try:
            while True:
                if body:
                    await self._send(
                        {"type": "http.response.body", "body": body, "more_body": True}
                    )
                async with asyncio.timeout(STALL_SECONDS):
                    body = await connection.more()
                if not body:
                    break
        except TimeoutError:
            raise UpstreamConnectionLost from None
        except UpstreamConnectionLost:
            if isinstance(self._ended_by, ClientDisconnected):
                raise self._ended_by from None
            if not isinstance(self._ended_by, Leaving):
                raise
        finally:
            if unsubscribe is not None:
                unsubscribe()
        await self._send({"type": "http.response.body", "body": b""})

    def _leave(self) -> None:
        """Ends an endless answer in good order: its client opens it again, elsewhere."""
        self._ended_by = Leaving()
        if self._connection is not None:
            self._connection.close()


def _is_problem(headers: Fields) -> bool:
    return any(
        name == b"content-type" and value.startswith(MEDIA_TYPE.encode()) for name, value in headers
    )
