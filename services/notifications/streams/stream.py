"""One open stream: its queue of messages, and when it ends."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from uuid import UUID

import msgspec
from litestar.response.sse import ServerSentEventMessage

from shared.ids import new_id

HEARTBEAT_SECONDS = 12.0
# A client that falls behind by this many events is disconnected: it resumes when it reconnects.
MAX_WAITING = 2_000
OPENED = ServerSentEventMessage(None, comment="open", retry=1_000).encode()
HEARTBEAT = ServerSentEventMessage(None, comment="").encode()


class SessionEnd(msgspec.Struct, frozen=True):
    """Sessions of a user that identity has ended: one, or all but `except_session_id`."""

    user_id: UUID
    session_id: str | None
    except_session_id: str | None
    ended_at: datetime

    def covers(self, session_id: str | None, issued_at: int, opened_at: float) -> bool:
        """Whether a token belongs to a session that has ended. `issued_at` is in whole seconds:
        within that second, a stream that was open before counts as part of the old session.
        """
        if self.session_id is not None:
            return self.session_id == session_id
        if self.except_session_id is not None and self.except_session_id == session_id:
            return False
        ended = self.ended_at.timestamp()
        return issued_at < int(ended) or (issued_at == int(ended) and opened_at < ended)


class Stream:
    """A stream of one user after `last_id`, until its token expires at `expires_at` (Unix time)."""

    __slots__ = (
        "_changed",
        "_waiting",
        "ended",
        "expires_at",
        "id",
        "issued_at",
        "last_id",
        "opened_at",
        "session_id",
        "user_id",
    )

    def __init__(
        self,
        user_id: UUID,
        *,
        last_id: int,
        expires_at: float,
        session_id: str | None = None,
        issued_at: int = 0,
    ) -> None:
        self.id = new_id()
        self.user_id = user_id
        self.last_id = last_id
        self.expires_at = expires_at
        self.session_id = session_id
        self.issued_at = issued_at
        self.opened_at = time.time()
        self.ended = False
        self._waiting: deque[bytes] = deque()
        self._changed = asyncio.Event()

    def belongs_to(self, end: SessionEnd) -> bool:
        """Whether its session is one of those that have ended."""
        return end.covers(self.session_id, self.issued_at, self.opened_at)

    def enqueue(self, id: int, message: bytes) -> None:
        """Queues an event of its user, in order; one that was already sent is skipped."""
        if id > self.last_id and not self.ended:
            self.last_id = id
            self.put(message)

    def put(self, message: bytes) -> None:
        """Queues an encoded message, unless the stream has ended. A client that is too far behind
        is disconnected at once: it resumes after the last event that it has read.
        """
        if self.ended:
            return
        if len(self._waiting) >= MAX_WAITING:
            self._waiting.clear()
            self.end()
            return
        self._waiting.append(message)
        self._changed.set()

    def end(self) -> None:
        """Ends the stream once the queued messages have been sent."""
        self.ended = True
        self._changed.set()

    async def chunks(self, closed: Callable[[Stream], None]) -> AsyncIterator[bytes]:
        """The messages to send, with a comment when nothing happens; `closed` is called when it
        ends for any reason.
        """
        try:
            yield OPENED
            while True:
                if self._waiting:
                    waiting = b"".join(self._waiting)
                    self._waiting.clear()
                    yield waiting
                left = self.expires_at - time.time()
                if self.ended or left <= 0:
                    return
                self._changed.clear()
                try:
                    async with asyncio.timeout(min(left, HEARTBEAT_SECONDS)):
                        await self._changed.wait()
                except TimeoutError:
                    yield HEARTBEAT
        finally:
            closed(self)
