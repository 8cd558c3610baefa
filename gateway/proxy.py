"""One request to a service and its response: streamed in both directions, bounded in time, and
cancelled when the client disconnects.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from gateway.connection import Connection, Head, UpstreamConnectionLost
from gateway.errors import UpstreamTimeout, generic_problem
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

# Only a response that takes longer than this justifies a task that watches for the client's
# disconnect.
WATCH_AFTER_SECONDS = 0.25
HEAD_SECONDS = 30.0
# For a read request, on new connections, if no byte of a response arrives. More attempts would send
# a request that crashes a service to all of its replicas.
MAX_ATTEMPTS = 2
STALL_SECONDS = 30.0

Decorate = Callable[[Fields], Fields]


class ShuttingDown(Exception):
    """This process is being stopped, and an endless response ends here."""


class ProxyCall:
    """One forwarded request. `forward` does everything; `_watch` runs beside it if necessary."""

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
        """Forwards the request to `upstream` and the response to the client, and returns its
        status. `decorate` adds the gateway's headers. Raises a Problem before the response has
        started, UpstreamConnectionLost after that, ClientDisconnected if the client has gone.
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
            if self._body.more_to_send:  # the response came before the end of the request
                await self._stop_watching()
                await self._body.discard()
            return await self._answer(connection, answer, decorate)
        finally:
            if self._watcher is not None:
                self._watcher.cancel()
            if self._body.more_to_send:
                # The response came before the end of the request: the rest of the body would be
                # parsed as a new request.
                connection.close()
            upstream.release(connection, loop.time())

    # ---- to the service

    async def _ask(
        self, upstream: Upstream, head: bytes, loop: asyncio.AbstractEventLoop
    ) -> tuple[Connection, Head]:
        """Sends the request; a read is sent once more if the connection ends before any byte of a
        response: on another connection, and at another replica if there is one.
        """
        connection = upstream.acquire(loop.time())
        kept = connection is not None
        if connection is None:
            connection = await upstream.connect()
        attempts = MAX_ATTEMPTS
        if kept:  # the service may have closed an idle connection just before it was used
            attempts += 1
        while True:
            attempts -= 1
            try:
                return connection, await self._ask_once(upstream, connection, head, loop)
            except UpstreamConnectionLost:
                if self._ended_by is not None:
                    raise self._ended_by from None
                is_read = self.request.method in ("GET", "HEAD")
                if not is_read or connection.response_begun or attempts == 0:
                    raise Unavailable from None
            avoiding = None if kept else connection.address
            kept = False
            connection = await upstream.connect(avoiding)

    async def _ask_once(
        self,
        upstream: Upstream,
        connection: Connection,
        head: bytes,
        loop: asyncio.AbstractEventLoop,
    ) -> Head:
        """Returns the response's head; releases the connection if there is none."""
        self._connection = connection
        future = connection.ask(head)
        timer = None
        if self._body.more_to_send:
            self._start_watching()
        else:
            timer = loop.call_later(WATCH_AFTER_SECONDS, self._start_watching)
        try:
            return await future
        except BaseException:
            if self._watcher is not None:
                self._watcher.cancel()
                self._watcher = None
            connection.close()
            upstream.release(connection, loop.time())
            raise
        finally:
            # Breaks a reference cycle (future, error, frame) that would keep the connection open
            # until the garbage collector runs, which is seldom here.
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
        """Sends the rest of the body, then waits for the client's disconnect or the deadline, and
        ends the call.
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

    # ---- to the client

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
        """Raises a generic problem in place of a service's error that is not problem+json."""
        if status >= 400 and not _is_problem(headers):
            raise generic_problem(status)

    async def _stream(self, connection: Connection, body: bytes) -> None:
        """Streams the body to the client. Raises UpstreamConnectionLost if the service stops in the
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
            if not isinstance(self._ended_by, ShuttingDown):
                raise
        finally:
            if unsubscribe is not None:
                unsubscribe()
        await self._send({"type": "http.response.body", "body": b""})

    def _leave(self) -> None:
        """Ends an endless response cleanly: its client reconnects to another replica."""
        self._ended_by = ShuttingDown()
        if self._connection is not None:
            self._connection.close()


def _is_problem(headers: Fields) -> bool:
    return any(
        name == b"content-type" and value.startswith(MEDIA_TYPE.encode()) for name, value in headers
    )
