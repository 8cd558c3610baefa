"""A request's body on its way to a service: short ones are read completely before the service is
called, long ones are streamed.
"""

from __future__ import annotations

import asyncio

from gateway.connection import Connection
from gateway.framing import malformed_body
from gateway.request import Receive, Request
from gateway.routes import MAX_BODY_SIZE, Route
from gateway.uploads import Uploads, discard
from shared.callers import caller_at
from shared.problems import FieldError, RequestTimeout, TooLarge, ValidationFailed

# A body up to this size is read before the service is called.
READ_AHEAD = 64 * 1024
UPLOAD_SECONDS = 60.0

_JSON_SPACE = b" \t\r\n"


class ClientDisconnected(Exception):
    """The client no longer waits for the response."""


def too_large(most: int) -> TooLarge:
    """The problem for a body of more than `most` bytes."""
    return TooLarge(f"The body is larger than {most >> 20} MiB.")


class RequestBody:
    """The body of one request. After `read_ahead`, `first` is what is sent with the head, and
    `more_to_send` whether `send_rest` has something to do.
    """

    def __init__(
        self, request: Request, receive: Receive, uploads: Uploads, route: Route | None
    ) -> None:
        self._request = request
        self._receive = receive
        self._uploads = uploads
        self._largest = route.max_body_size if route is not None else MAX_BODY_SIZE
        self._takes_none = route is not None and route.body == "none"
        self._uploader: str | None = None  # the caller, while this upload is counted
        self.first = b""
        self.more_to_send = False

    async def read_ahead(self) -> bytes:
        """Reads the body, or the beginning of a long one, and returns the header line that frames
        it towards the service. Raises RequestTimeout, TooLarge, ValidationFailed,
        ClientDisconnected.
        """
        request = self._request
        if not request.has_body:
            return b"content-length: 0\r\n"
        self._begin_upload()
        self.first, ended = await self._beginning()
        size = len(self.first)
        request.body_read = ended
        if ended:
            self.end_upload()
        if size > self._largest:
            raise too_large(self._largest)
        self.more_to_send = not ended
        if self._takes_none and (not ended or self.first.strip(_JSON_SPACE) not in (b"", b"{}")):
            raise ValidationFailed(
                [FieldError("body", "must be empty or {}: this call takes no body")]
            )
        if not request.chunked:
            return b"content-length: %d\r\n" % request.content_length
        if ended:
            return b"content-length: %d\r\n" % size
        self.first = chunk(self.first)
        return b"transfer-encoding: chunked\r\n"

    async def _beginning(self) -> tuple[bytes, bool]:
        request, parts, size, ended = self._request, [], 0, False
        try:
            async with asyncio.timeout(UPLOAD_SECONDS):
                while not ended and size < READ_AHEAD:
                    piece, ended = await self.receive()
                    parts.append(piece)
                    size += len(piece)
                    ended = ended or (not request.chunked and size >= request.content_length)
        except TimeoutError:
            raise RequestTimeout from None
        return b"".join(parts), ended

    async def send_rest(self, connection: Connection) -> None:
        """Sends what follows `first`. Raises the same as `read_ahead`."""
        try:
            async with asyncio.timeout(UPLOAD_SECONDS):
                await self._send_rest(connection)
        except TimeoutError:
            raise RequestTimeout from None
        self.more_to_send, self._request.body_read = False, True
        self.end_upload()

    async def _send_rest(self, connection: Connection) -> None:
        chunked, length = self._request.chunked, self._request.content_length
        sent, ended = len(self.first), False
        while not ended:
            piece, ended = await self.receive()
            sent += len(piece)
            if sent > self._largest:
                raise too_large(self._largest)
            if chunked:
                await connection.write(chunk(piece) if piece else b"")
            else:
                await connection.write(piece)
                ended = ended or sent >= length
        if chunked:
            await connection.write(chunk(b""))

    async def receive(self) -> tuple[bytes, bool]:
        """The next piece of the body, and whether it is the last. Raises ClientDisconnected,
        MalformedRequest.
        """
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnected
        if message["type"] == "http.malformed":
            raise malformed_body(message["reason"])
        return message.get("body", b""), not message.get("more_body", False)

    async def discard(self) -> None:
        """Reads and discards the rest, so that the client can read the response."""
        await discard(self._request, self._receive)

    def _begin_upload(self) -> None:
        caller = caller_at(self._request.peer)
        self._uploads.begin(caller)
        self._uploader = caller

    def end_upload(self) -> None:
        """No longer counts this body as an upload: it is complete or was abandoned."""
        caller, self._uploader = self._uploader, None
        if caller is not None:
            self._uploads.end(caller)


def chunk(data: bytes) -> bytes:
    """`data` as one chunk of the chunked coding; b"" as the end of the body."""
    return b"%x\r\n%b\r\n" % (len(data), data) if data else b"0\r\n\r\n"
