"""The open streams of this process, and the task that feeds them.

Replay and live events are the same query: a user's rows after the last id that the stream has sent.
So there is no gap between them, whichever replica wrote a row, and a lost wake-up is made up for by
the next query, POLL_SECONDS later.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar.response.sse import ServerSentEventMessage

from services.notifications.metrics import OPEN_STREAMS
from services.notifications.streams import queries
from services.notifications.streams.stream import Stream
from shared.clock import now
from shared.database_errors import is_database_unavailable
from shared.db import Database
from shared.draining import draining
from shared.ids import new_id
from shared.live import LiveMessage, LiveSender
from shared.telemetry import log

CHANGED = "stream.changed"
# A replica's open streams of one user. The name stays as it is on the wire: during an upgrade a
# replica of the version before would not understand another.
REPORT = "stream.held"
MAX_PER_USER = 10
POLL_SECONDS = 2.0
# Notifications to the other replicas are batched for this long: one message every 25 ms instead of
# one per user and event.
GATHERED_SECONDS = 0.025
# How often replicas report to each other on users with streams at more than one of them, and how
# long a report is valid.
REPORT_EVERY = 10.0
REPORT_VALID_FOR = 30.0
# The limits of one query: how many users, and events of each. A user with more is asked for again,
# after all others.
USERS_AT_ONCE = 500
EVENTS_AT_ONCE = 50


class RemoteStreams(msgspec.Struct):
    """The ids of a user's streams at another replica, and when they were received, as a reading of
    `time.monotonic`.
    """

    streams: list[UUID]
    received_at: float


class Hub:
    """Feeds the streams of this process. `receive` is called with every live message."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._live: LiveSender | None = None
        self._id = new_id()
        self._streams: dict[UUID, list[Stream]] = {}
        self._elsewhere: dict[UUID, dict[str, RemoteStreams]] = {}
        self._stale: set[UUID] = set()
        self._wake = asyncio.Event()
        self._sending: set[asyncio.Task[Any]] = set()
        self._changed: set[UUID] = set()
        self._broadcast: asyncio.TimerHandle | None = None

    # ---- open streams

    def open(self, stream: Stream) -> None:
        """Adds a stream, which receives the events after its last id, and then new ones."""
        self._streams.setdefault(stream.user_id, []).append(stream)
        OPEN_STREAMS.inc()
        self._mark_for_query([stream.user_id])
        self._report_streams(stream.user_id)
        self._end_the_oldest(stream.user_id)

    def close(self, stream: Stream) -> None:
        """Removes a stream that has ended."""
        mine = self._streams.get(stream.user_id, [])
        if stream not in mine:
            return
        mine.remove(stream)
        OPEN_STREAMS.dec()
        if not mine:
            del self._streams[stream.user_id]
        if stream.user_id in self._elsewhere:
            self._report_streams(stream.user_id)
            if not mine:
                del self._elsewhere[stream.user_id]

    def end_all(self) -> None:
        """Ends every stream: the replica shuts down, and the clients reconnect to another one."""
        for streams in list(self._streams.values()):
            for stream in list(streams):
                stream.end()

    # ---- messages between replicas

    def use(self, live: LiveSender) -> None:
        """Sets the sender for messages to the other replicas."""
        self._live = live

    def changed(self, users: Iterable[UUID]) -> None:
        """Makes every replica query for new rows of these users."""
        users = list(users)
        self._mark_for_query(users)
        self._changed.update(users)
        if self._broadcast is None:
            loop = asyncio.get_running_loop()
            self._broadcast = loop.call_later(GATHERED_SECONDS, self._broadcast_changes)

    def _broadcast_changes(self) -> None:
        self._broadcast = None
        users, self._changed = sorted(self._changed), set()
        data = {"replica": str(self._id), "users": [str(user) for user in users]}
        # The message requires a user, but its content is the list.
        self._send(users[0], CHANGED, data)

    def receive(self, message: LiveMessage) -> None:
        """Handles a message of the live exchange, including our own."""
        ours = message.data.get("replica") == str(self._id)
        if message.event == CHANGED:
            if not ours:
                users = message.data.get("users", [str(message.user_id)])
                self._mark_for_query(UUID(user) for user in users)
        elif message.event == REPORT:
            if not ours and message.user_id in self._streams:
                self._record_elsewhere(message.user_id, message.data)
        else:
            self._pass_on(message)

    def _pass_on(self, message: LiveMessage) -> None:
        streams = self._streams.get(message.user_id)
        if not streams:
            return
        # Messages that are not stored have no id at which a stream could resume.
        envelope = {"id": None, "type": message.event, "at": now(), "booking_id": None}
        data = msgspec.json.encode(envelope | message.data)
        encoded = ServerSentEventMessage(data, event=message.event).encode()
        for stream in streams:
            stream.put(encoded)

    def _send(self, user_id: UUID, event: str, data: dict[str, Any]) -> None:
        if self._live is None:
            return
        task = asyncio.ensure_future(self._live.send(user_id, event=event, data=data))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    # ---- the limit of streams per user across all replicas

    def _report_streams(self, user_id: UUID) -> None:
        ids = [str(stream.id) for stream in self._streams.get(user_id, ())]
        self._send(user_id, REPORT, {"replica": str(self._id), "streams": ids})

    def _record_elsewhere(self, user_id: UUID, data: dict[str, Any]) -> None:
        others = self._elsewhere.setdefault(user_id, {})
        first = data["replica"] not in others
        others[data["replica"]] = RemoteStreams(
            [UUID(id) for id in data["streams"]], time.monotonic()
        )
        if first:
            self._report_streams(user_id)
        self._end_the_oldest(user_id)

    def _end_the_oldest(self, user_id: UUID) -> None:
        """All replicas know the same ids, which increase with time, and each ends its own streams
        beyond the limit.
        """
        limit = time.monotonic() - REPORT_VALID_FOR
        mine = self._streams.get(user_id, ())
        known = [stream.id for stream in mine if not stream.ended]
        for report in self._elsewhere.get(user_id, {}).values():
            known += report.streams if report.received_at > limit else []
        too_many = set(sorted(known)[:-MAX_PER_USER])
        for stream in mine:
            if stream.id in too_many:
                stream.end()

    # ---- feeding

    def _mark_for_query(self, users: Iterable[UUID]) -> None:
        here = [user for user in users if user in self._streams]
        if here:
            self._stale.update(here)
            self._wake.set()

    async def run(self) -> None:
        """Feeds the streams until cancelled; waits while the database is unavailable."""
        looked = reported_at = time.monotonic()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            if draining.begun:
                self.end_all()
            look_at_all = time.monotonic() - looked >= POLL_SECONDS
            if look_at_all:
                looked = time.monotonic()
                self._stale.update(self._streams)
            if time.monotonic() - reported_at >= REPORT_EVERY:
                reported_at = time.monotonic()
                for user in self._elsewhere:
                    self._report_streams(user)
            users, self._stale = self._stale, set()
            try:
                if look_at_all:
                    await self._end_sessions()
                await self._feed(list(users))
            except Exception as error:
                if not is_database_unavailable(error):
                    log.error("streams cannot be fed", exc_info=error)
                await asyncio.sleep(0.5)

    async def _end_sessions(self) -> None:
        for end in await queries.ended_sessions(self._database, list(self._streams)):
            for stream in self._streams.get(end.user_id, ()):
                if stream.belongs_to(end):
                    stream.end()

    async def _feed(self, users: Sequence[UUID]) -> None:
        for first in range(0, len(users), USERS_AT_ONCE):
            # A stream that has ended receives nothing, though its client may yet have to read what
            # is queued.
            waiting = {
                user: min(last_ids)
                for user in users[first : first + USERS_AT_ONCE]
                if (last_ids := [s.last_id for s in self.streams_of(user) if not s.ended])
            }
            if waiting:
                await self._feed_after(waiting)

    async def _feed_after(self, waiting: Mapping[UUID, int]) -> None:
        """Queues the events of these users after their last ids."""
        stored = await queries.events_after(self._database, waiting, EVENTS_AT_ONCE)
        for event in stored:
            encoded = ServerSentEventMessage(event.data, event=event.event, id=event.id).encode()
            for stream in self.streams_of(event.user_id):
                # A stream opened in the meantime with a smaller last id would miss the events in
                # between.
                if stream.last_id >= waiting[event.user_id]:
                    stream.enqueue(event.id, encoded)
        found = Counter(event.user_id for event in stored)
        self._mark_for_query(user for user in found if found[user] == EVENTS_AT_ONCE)

    def streams_of(self, user_id: UUID) -> Sequence[Stream]:
        """The open streams of a user at this replica."""
        return tuple(self._streams.get(user_id, ()))
