"""Heartbeats of the parties' pages."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from services.booking.domain.model import ATTENDABLE
from services.booking.domain.outcome import SessionTimes
from services.booking.domain.presence import Heartbeat, Presence, Window
from services.booking.errors import InvalidTransition
from services.booking.store.presences import Session, get_session, save_presence
from shared.auth import User
from shared.clock import now
from shared.db import Executor
from shared.problems import NotFound, Unavailable

# Two parties, each with several tabs, write one row: this many tries are more than enough.
TRIES = 20
Loaded = tuple[Session, Presence | None]


class RecentPresences:
    """The presence last written by this process, for up to `most` sessions, so that the next
    heartbeat need not read it. It may be outdated, which the write detects.
    """

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._recent: dict[UUID, Loaded] = {}

    def take(self, booking_id: UUID) -> Loaded | None:
        """Removes and returns what was written last; None if this process has written nothing."""
        return self._recent.pop(booking_id, None)

    def keep(self, booking_id: UUID, session: Session, presence: Presence) -> None:
        """Stores what has just been written."""
        self._recent[booking_id] = session, presence
        if len(self._recent) > self._most:
            del self._recent[next(iter(self._recent))]


async def record_presence(
    run: Executor,
    recent: RecentPresences,
    *,
    booking_id: UUID,
    by: User,
    heartbeat: Heartbeat,
    times: SessionTimes,
) -> tuple[Presence, Window]:
    """Records a party's heartbeat; returns the presence after it, and the window in which joint
    presence counts. Without a lock, because heartbeats are frequent: the row is replaced if it is
    still the one last read or written, otherwise read again. Raises NotFound, InvalidTransition.
    """
    found = recent.take(booking_id)
    for _ in range(TRIES):
        found = found or await get_session(run, booking_id)
        party = found[0].role_of(by.id) if found is not None else None
        if found is None or party is None:
            raise NotFound
        session, loaded = found
        if session.status not in ATTENDABLE:
            raise InvalidTransition(
                f"The booking is {session.status};"
                " presence counts while it is confirmed or in progress."
            )
        window = times.window_of(session.session_start_time, session.scheduled_end)
        at = now()
        loaded_until = loaded.accounted_until if loaded is not None else None
        if loaded_until is not None:
            # each row must differ from the one it replaces
            at = max(at, loaded_until + timedelta(microseconds=1))
        after = (loaded or Presence(at)).after(party, heartbeat, at, window)
        if await save_presence(run, booking_id, after, session, loaded_until):
            recent.keep(booking_id, session, after)
            return after, window
        found = None
    raise Unavailable
