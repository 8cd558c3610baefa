"""Heartbeats of the parties' pages."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from services.booking.domain.model import Status
from services.booking.domain.outcome import SessionTimes
from services.booking.domain.presence import Heartbeat, Presence, Window
from services.booking.errors import InvalidTransition
from services.booking.store.presences import Session, get_session, save_presence
from shared.auth import User
from shared.clock import now
from shared.db import Executor
from shared.problems import NotFound, Unavailable

# Two parties and their tabs write one row; each of them comes to its turn well within so many.
TRIES = 20
Loaded = tuple[Session, Presence | None]


class RecentPresences:
    """What this process has last written of sessions, the latest `most`: the next heartbeat needs
    not read it. It may be out of date, which the write notices.
    """

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._recent: dict[UUID, Loaded] = {}

    def take(self, booking_id: UUID) -> Loaded | None:
        """What was written last, once; None where this process has written nothing."""
        return self._recent.pop(booking_id, None)

    def keep(self, booking_id: UUID, session: Session, presence: Presence) -> None:
        """Remembers what has just been written."""
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
    """A party's page says that they are here, or gone; the presence after it, and the time in which
    it counts. Not locked, for it comes every ten seconds: the row is written over the one that was
    read, or written last, and read again where that was out of date. Raises NotFound,
    InvalidTransition.
    """
    found = recent.take(booking_id)
    for _ in range(TRIES):
        found = found or await get_session(run, booking_id)
        party = found[0].role_of(by.id) if found is not None else None
        if found is None or party is None:
            raise NotFound
        session, loaded = found
        if session.status not in (Status.CONFIRMED, Status.IN_PROGRESS):
            raise InvalidTransition(
                f"The booking is {session.status};"
                " presence counts while it is confirmed or in progress."
            )
        window = times.window_of(session.session_start_time, session.scheduled_end)
        at = now()
        loaded_until = loaded.accounted_until if loaded is not None else None
        if loaded_until is not None:
            # each row must differ from the one that it replaces
            at = max(at, loaded_until + timedelta(microseconds=1))
        after = (loaded or Presence(at)).after(party, heartbeat, at, window)
        if await save_presence(run, booking_id, after, session, loaded_until):
            recent.keep(booking_id, session, after)
            return after, window
        found = None
    raise Unavailable
