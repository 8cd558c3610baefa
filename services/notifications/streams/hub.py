"""The open streams of this process, and the one task that feeds them.

Replay and live are the same query: what a user's rows have after the last id that a stream was
given. So nothing lies between the two, whichever replica wrote it, and a wake-up that is lost is
made up for by the next look, POLL_SECONDS later.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar.response.sse import ServerSentEventMessage

from services.notifications.streams import queries
from services.notifications.streams.stream import Stream
from shared.db import Database
from shared.draining import draining
from shared.ids import new_id
from shared.inbox import database_is_away
from shared.live import LiveMessage, LiveSender
from shared.metrics import OPEN_STREAMS
from shared.telemetry import log

CHANGED = "stream.changed"
HELD = "stream.held"
MOST_PER_USER = 10
POLL_SECONDS = 2.0
# Word for the other replicas is gathered for so long: one message each 25 ms, and not one for
# every user of every event.
GATHERED_SECONDS = 0.025
# How often the replicas tell each other of users who have streams at more than one of them, and how
# long word from one of them counts.
HELD_EVERY = 10.0
HELD_FOR = 30.0
ROWS_AT_ONCE = 500


class Elsewhere(msgspec.Struct):
    """The streams of one user at another replica, as of a moment of our clock."""

    streams: list[UUID]
    heard_at: float


class Hub:
    """Feeds the streams of this process. `heard` is given every live message."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._live: LiveSender | None = None
        self._id = new_id()
        self._streams: dict[UUID, list[Stream]] = {}
        self._elsewhere: dict[UUID, dict[str, Elsewhere]] = {}
        self._stale: set[UUID] = set()
        self._wake = asyncio.Event()
        self._sending: set[asyncio.Task[Any]] = set()
        self._changed: set[UUID] = set()
        self._telling: asyncio.TimerHandle | None = None

    # ---- who listens

    def open(self, stream: Stream) -> None:
        """Adds a stream; it gets what is behind its last id, and then what comes."""
        self._streams.setdefault(stream.user_id, []).append(stream)
        OPEN_STREAMS.inc()
        self._look_at([stream.user_id])
        self._tell_held(stream.user_id)
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
            self._tell_held(stream.user_id)
            if not mine:
                del self._elsewhere[stream.user_id]

    def end_all(self) -> None:
        """Ends every stream: the replica leaves, and the clients go on at another."""
        for streams in list(self._streams.values()):
            for stream in list(streams):
                stream.end()

    # ---- what others say

    def use(self, live: LiveSender) -> None:
        """Where word for the other replicas goes."""
        self._live = live

    def changed(self, users: Iterable[UUID]) -> None:
        """Has every replica look for what is new to these users."""
        users = list(users)
        self._look_at(users)
        self._changed.update(users)
        if self._telling is None:
            loop = asyncio.get_running_loop()
            self._telling = loop.call_later(GATHERED_SECONDS, self._tell_changed)

    def _tell_changed(self) -> None:
        self._telling = None
        users, self._changed = sorted(self._changed), set()
        data = {"replica": str(self._id), "users": [str(user) for user in users]}
        # The message wants a user; what is said is the list.
        self._send(users[0], CHANGED, data)

    def heard(self, message: LiveMessage) -> None:
        """A message of the live exchange, our own ones included."""
        ours = message.data.get("replica") == str(self._id)
        if message.event == CHANGED:
            if not ours:
                users = message.data.get("users", [str(message.user_id)])
                self._look_at(UUID(user) for user in users)
        elif message.event == HELD:
            if not ours and message.user_id in self._streams:
                self._note_held(message.user_id, message.data)
        else:
            self._pass_on(message)

    def _pass_on(self, message: LiveMessage) -> None:
        data = msgspec.json.encode(message.data)
        encoded = ServerSentEventMessage(data, event=message.event).encode()
        for stream in self._streams.get(message.user_id, ()):
            stream.put(encoded)

    def _send(self, user_id: UUID, event: str, data: dict[str, Any]) -> None:
        if self._live is None:
            return
        task = asyncio.ensure_future(self._live.send(user_id, event=event, data=data))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    # ---- at most so many of one user, at all replicas together

    def _tell_held(self, user_id: UUID) -> None:
        held = [str(stream.id) for stream in self._streams.get(user_id, ())]
        self._send(user_id, HELD, {"replica": str(self._id), "streams": held})

    def _note_held(self, user_id: UUID, data: dict[str, Any]) -> None:
        others = self._elsewhere.setdefault(user_id, {})
        first = data["replica"] not in others
        others[data["replica"]] = Elsewhere([UUID(id) for id in data["streams"]], time.monotonic())
        if first:
            self._tell_held(user_id)
        self._end_the_oldest(user_id)

    def _end_the_oldest(self, user_id: UUID) -> None:
        """Every replica knows the same ids, which grow with time, and ends those of its own that
        are too many.
        """
        limit = time.monotonic() - HELD_FOR
        mine = self._streams.get(user_id, ())
        known = [stream.id for stream in mine if not stream.ended]
        for held in self._elsewhere.get(user_id, {}).values():
            known += held.streams if held.heard_at > limit else []
        too_many = set(sorted(known)[:-MOST_PER_USER])
        for stream in mine:
            if stream.id in too_many:
                stream.end()

    # ---- feeding

    def _look_at(self, users: Iterable[UUID]) -> None:
        here = [user for user in users if user in self._streams]
        if here:
            self._stale.update(here)
            self._wake.set()

    async def run(self) -> None:
        """Feeds the streams until cancelled; a lost database is waited out."""
        looked = told = time.monotonic()
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)
            self._wake.clear()
            if draining.begun:
                self.end_all()
            look_at_all = time.monotonic() - looked >= POLL_SECONDS
            if look_at_all:
                looked = time.monotonic()
                self._stale.update(self._streams)
            if time.monotonic() - told >= HELD_EVERY:
                told = time.monotonic()
                for user in self._elsewhere:
                    self._tell_held(user)
            users, self._stale = self._stale, set()
            try:
                if look_at_all:
                    await self._end_sessions()
                await self._feed(users)
            except Exception as error:
                if not database_is_away(error):
                    log.error("streams cannot be fed", exc_info=error)
                await asyncio.sleep(0.5)

    async def _end_sessions(self) -> None:
        for end in await queries.ended_sessions(self._database, list(self._streams)):
            for stream in self._streams.get(end.user_id, ()):
                if stream.belongs_to(end):
                    stream.end()

    async def _feed(self, users: set[UUID]) -> None:
        waiting = {
            user: min(stream.last_id for stream in self._streams[user])
            for user in users
            if user in self._streams
        }
        if not waiting:
            return
        rows = await queries.rows_after(self._database, waiting, ROWS_AT_ONCE)
        for row in rows:
            user, id = row["user_id"], row["id"]
            encoded = ServerSentEventMessage(row["data"], event=row["event"], id=id).encode()
            for stream in self._streams.get(user, ()):
                # One that was opened meanwhile, further back, would miss what lies before.
                if stream.last_id >= waiting[user]:
                    stream.give(id, encoded)
        if len(rows) == ROWS_AT_ONCE:
            self._look_at(waiting)

    def streams_of(self, user_id: UUID) -> Sequence[Stream]:
        """The open streams of a user at this replica."""
        return tuple(self._streams.get(user_id, ()))
