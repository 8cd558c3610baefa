"""Connections to calendars' servers, which are anybody's: what they may send is limited."""

from __future__ import annotations

import functools
from http import HTTPStatus
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.http import RawResponseMessage

from services.booking.busy_calendars.errors import UnreadableCalendar

MAX_INTERIM_RESPONSES = 10


class LimitedConnection(ResponseHandler):
    """Ends with UnreadableCalendar when the server sends more than `max_bytes`, or more than
    MAX_INTERIM_RESPONSES (1xx). aiohttp limits neither: it reads all that come, and while they come
    fast the event loop does nothing else.
    """

    def __init__(self, loop: Any, max_bytes: int) -> None:
        super().__init__(loop)
        self._bytes_left, self._interim_left = max_bytes, MAX_INTERIM_RESPONSES
        self._body: aiohttp.StreamReader | None = None

    def data_received(self, data: bytes) -> None:
        """asyncio callback: bytes have arrived."""
        self._bytes_left -= len(data)
        if self._bytes_left < 0:
            self._refuse("The server's response is too long.")
        else:
            super().data_received(data)

    def feed_data(
        self, data: tuple[RawResponseMessage, aiohttp.StreamReader], size: int = 0
    ) -> None:
        """aiohttp callback: the head of a response has arrived."""
        message, self._body = data
        if message.code < 200 and message.code != HTTPStatus.SWITCHING_PROTOCOLS:
            self._interim_left -= 1
        if self._interim_left < 0:
            self._refuse("The server announces a response again and again, but sends none.")
        else:
            super().feed_data(data, size)

    def _refuse(self, reason: str) -> None:
        if self.exception() is not None:
            return  # aiohttp goes on with the rest of what was received
        error = UnreadableCalendar(reason)
        self.set_exception(error)
        if self._body is not None:
            self._body.set_exception(error)
        if self.transport is not None:
            self.transport.abort()


class LimitedConnector(aiohttp.TCPConnector):
    """Opens LimitedConnections; `options` are those of TCPConnector."""

    def __init__(self, max_bytes: int, **options: Any) -> None:
        super().__init__(**options)
        # aiohttp has no public way to choose the protocol.
        self._factory = functools.partial(  # type: ignore[assignment] # partial is invariant
            LimitedConnection, self._loop, max_bytes
        )
