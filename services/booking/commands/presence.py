"""Heartbeats of the parties' pages."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from services.booking.domain.model import Booking, Status
from services.booking.domain.outcome import SessionTimes
from services.booking.domain.presence import Heartbeat, Presence
from services.booking.errors import InvalidTransition
from services.booking.store.presences import get_presence, save_presence
from shared.clock import now
from shared.db import Executor
from shared.problems import Unavailable

# Two parties and their tabs write one row; each of them comes to its turn well within so many.
TRIES = 20


async def record_presence(
    run: Executor, booking: Booking, party_id: UUID, heartbeat: Heartbeat, times: SessionTimes
) -> Presence:
    """A party's page says that they are here, or gone; the presence after it. Not locked, for it
    comes every ten seconds: the row is written over the one that was read, and read again where
    another heartbeat was quicker. Raises InvalidTransition.
    """
    if booking.status not in (Status.CONFIRMED, Status.IN_PROGRESS):
        raise InvalidTransition(
            f"The booking is {booking.status};"
            " presence counts while it is confirmed or in progress."
        )
    party = booking.role_of(party_id)
    assert party is not None  # the booking was found for one of its parties
    window = times.window(booking)
    for _ in range(TRIES):
        loaded = await get_presence(run, booking.id)
        at = now()
        loaded_until = loaded.accounted_until if loaded is not None else None
        if loaded_until is not None:
            # each row must differ from the one that it replaces
            at = max(at, loaded_until + timedelta(microseconds=1))
        after = (loaded or Presence(at)).after(party, heartbeat, at, window)
        if await save_presence(run, booking.id, after, loaded_until):
            return after
    raise Unavailable
