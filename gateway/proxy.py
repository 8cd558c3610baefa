"""One request to a service and its answer back: streamed both ways, bounded in time, ended when the
client goes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from gateway.connection import Connection, Head, UpstreamConnectionLost, chunk
from gateway.errors import UpstreamTimeout, unexplained
from gateway.framing import malformed_body
from gateway.headers import Fields
from gateway.limits import caller_at
from gateway.request import Receive, Request, Scope, Send
from gateway.routes import LARGEST_BODY, Route
from gateway.uploads import Uploads, discard
from gateway.upstream import Upstream
from shared.draining import draining
from shared.problems import (
    MEDIA_TYPE,
    FieldError,
    RequestTimeout,
    TooLarge,
    Unavailable,
    ValidationFailed,
)

# A body up to this size is read before a service is troubled with it; a larger one is passed on as
# it comes.
READ_AHEAD = 64 * 1024
# Only an answer that takes longer than this is worth a task that looks whether the client is still
# there.
WATCH_AFTER_SECONDS = 0.25
HEAD_SECONDS = 30.0
STALL_SECONDS = 30.0
UPLOAD_SECONDS = 60.0

_JSON_SPACE = b" \t\r\n"

Decorate = Callable[[Fields], Fields]


class ClientDisconnected(Exception):
    """Nobody waits for the answer any more."""


class Leaving(Exception):
    """This process is being stopped, and an endless answer ends here."""


def too_large(most: int) -> TooLarge:
    """The problem of a body over `most` bytes."""
    return TooLarge(f"The body is larger than {most >> 20} MiB.")


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
        self._largest_body = route.largest_body if route is not None else LARGEST_BODY
        self._takes_no_body = route is not None and route.body == "none"
        self._is_stream = route is not None and route.stream
        self._scope = scope
        self._receive = receive
        self._send = send
        self._body = b""
        self._more_to_send = self._streaming = False
        self._connection: Connection | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._deadline: asyncio.Timeout | None = None
        self._ended_by: Exception | None = None
        self._uploads = uploads
        self._uploader: str | None = None  # who is counted among the uploads under way
        self.answered = False

    async def forward(self, upstream: Upstream, decorate: Decorate) -> int:
        """Asks `upstream`, answers the client, and says with which status. `decorate` adds the
        gateway's header fields. Raises a Problem as long as nothing was answered,
        UpstreamConnectionLost afterwards, ClientDisconnected when there is nobody to answer.
        """
        try:
            return await self._forward(upstream, decorate)
        finally:
            self._end_upload()
            self._ended_by = None

    async def _forward(self, upstream: Upstream, decorate: Decorate) -> int:
        loop = asyncio.get_running_loop()
        framing = await self._read_body() if self.request.method not in ("GET", "HEAD") else b""
        head = self.request.lines_for(upstream.netloc, self._scope, framing) + self._body
        connection, answer = await self._ask(upstream, head, loop)
        try:
            if self._more_to_send:  # it has answered before it had received all
                await self._stop_watching()
                await discard(self.request, self._receive)
            return await self._answer(connection, answer, decorate)
        finally:
            if self._watcher is not None:
                self._watcher.cancel()
            if self._more_to_send:  # it answered before it had received all: what follows would be taken for a new request
                connection.close()
            upstream.release(connection, loop.time())

    # ---- to the service

    async def _read_body(self) -> bytes:
        """Reads the body, or its beginning if it is long, and gives the header line that says how
        it is sent on.
        """
        request = self.request
        length = request.content_length
        if not request.has_body:
            return b"content-length: 0\r\n"
        parts, size, ended = [], 0, False
        self._begin_upload()
        try:
            async with asyncio.timeout(UPLOAD_SECONDS):
                while not ended and size < READ_AHEAD:
                    piece, ended = await self._receive_piece()
                    parts.append(piece)
                    size += len(piece)
                    ended = ended or (not request.chunked and size >= length)
        except TimeoutError:
            raise RequestTimeout from None
        request.body_read = ended
        if ended:
            self._end_upload()
        if size > self._largest_body:
            raise too_large(self._largest_body)
        self._more_to_send = not ended
        self._body = b"".join(parts)
        if self._takes_no_body and (not ended or self._body.strip(_JSON_SPACE) not in (b"", b"{}")):
            raise ValidationFailed([FieldError("body", "must be empty or {}: nothing is taken")])
        if not request.chunked:
            return b"content-length: %d\r\n" % length
        if ended:
            return b"content-length: %d\r\n" % size
        self._body = chunk(self._body)
        return b"transfer-encoding: chunked\r\n"

    def _begin_upload(self) -> None:
        caller = caller_at(self.request.peer)
        self._uploads.begin(caller)
        self._uploader = caller

    def _end_upload(self) -> None:
        caller, self._uploader = self._uploader, None
        if caller is not None:
            self._uploads.end(caller)

    async def _receive_piece(self) -> tuple[bytes, bool]:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnected
        if message["type"] == "http.malformed":
            raise malformed_body(message["reason"])
        return message.get("body", b""), not message.get("more_body", False)

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
            if self._more_to_send:
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
        try:
            if self._more_to_send:
                async with asyncio.timeout(UPLOAD_SECONDS):
                    await self._send_rest()
            async with asyncio.timeout(None if self._streaming else HEAD_SECONDS) as self._deadline:
                while True:
                    await self._receive_piece()
        except TimeoutError:
            self._ended_by = RequestTimeout() if self._more_to_send else UpstreamTimeout()
        except (TooLarge, ValidationFailed, ClientDisconnected) as error:
            self._ended_by = error
        assert self._connection is not None
        self._connection.close()

    async def _send_rest(self) -> None:
        assert self._connection is not None
        chunked, sent, length = self.request.chunked, len(self._body), self.request.content_length
        ended = False
        while not ended:
            piece, ended = await self._receive_piece()
            sent += len(piece)
            if sent > self._largest_body:
                raise too_large(self._largest_body)
            if chunked:
                await self._connection.write(chunk(piece) if piece else b"")
            else:
                await self._connection.write(piece)
                ended = ended or sent >= length
        if chunked:
            await self._connection.write(chunk(b""))
        self._more_to_send, self.request.body_read = False, True
        self._end_upload()

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
        forget = draining.on_begin(self._leave) if self._is_stream else None
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
            if forget is not None:
                forget()
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
