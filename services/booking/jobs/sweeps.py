"""Commands at deadlines: every status that waits for a party has a deadline, and a job that acts
when it has passed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from services.booking.commands.payments import lapse_booking
from services.booking.commands.requests import expire_booking
from services.booking.commands.rescheduling import expire_proposal
from services.booking.commands.sessions import (
    end_forgotten_session,
    miss_absent_party,
    miss_unstarted_session,
)
from services.booking.domain.model import Booking
from services.booking.domain.outcome import SessionTimes
from services.booking.settings import BookingSettings
from services.booking.store import deadlines
from services.booking.store.deadlines import Deadline, DueBookings
from shared.clock import now
from shared.db import Database, Transaction
from shared.jobs import Batches, Job
from shared.metrics import SWEPT
from shared.signals import WakeSignal

BATCH = 100
Act = Callable[[Transaction, Booking], Awaitable[None]]


class Sweep:
    """Calls `act` with every booking that has been `due` for `after`, in a transaction of its own.
    `label` names the bookings in metrics.
    """

    def __init__(
        self, label: str, due: DueBookings, act: Act, after: timedelta = timedelta()
    ) -> None:
        self.label, self.due, self.after = label, due, after
        self._act = act
        self._batches = Batches[UUID]("sweep of a booking failed", BATCH)

    async def run(self, database: Database, wake: Callable[[], None]) -> bool:
        """Processes one batch. Returns whether there may be more. A failure is logged and does not
        affect the other bookings.
        """
        before = now() - self.after

        async def due(limit: int) -> list[UUID]:
            return await self.due.find(database.reader, before, limit)

        async def act(booking_id: UUID) -> bool:
            return await self._one(database, booking_id, before, wake)

        return (await self._batches.process(due, act)).is_more_due

    async def _one(
        self, database: Database, booking_id: UUID, before: datetime, wake: Callable[[], None]
    ) -> bool:
        async with database.transaction() as db:
            booking = await self.due.claim(db, booking_id, before)
            if booking is None:
                return False  # another replica or a party has changed it, or is changing it
            await self._act(db, booking)
            db.after_commit(wake)
        SWEPT.labels(self.label).inc()
        return True


class DeadlineSweep(Sweep):
    """Sweeps the bookings whose `deadline` passed at least `after` ago."""

    def __init__(self, deadline: Deadline, act: Act, after: timedelta = timedelta()) -> None:
        super().__init__(str(deadline.status), deadline, act, after)
        self.deadline = deadline


def deadline_sweeps(settings: BookingSettings) -> dict[str, DeadlineSweep]:
    """The sweeps by name: for each waiting status its deadline, and what happens then."""
    times = settings.session_times
    end = partial(end_forgotten_session, times=times)
    miss = partial(miss_unstarted_session, times=times)
    return {
        "expire-requests": DeadlineSweep(deadlines.UNANSWERED, expire_booking),
        "lapse-unauthorised": DeadlineSweep(deadlines.UNAUTHORISED, lapse_booking),
        "lapse-unpaid": DeadlineSweep(deadlines.UNPAID, lapse_booking),
        "miss-sessions": DeadlineSweep(deadlines.UNSTARTED, miss, times.overtime),
        "end-sessions": DeadlineSweep(deadlines.UNENDED, end, times.overtime),
    }


def absence_sweep(times: SessionTimes) -> Sweep:
    """Marks a party as absent who has not come to a session where the other waits."""
    due = deadlines.one_absent(times.early)
    return Sweep("absent", due, partial(miss_absent_party, times=times))


async def _expire(db: Transaction, booking: Booking) -> None:
    await expire_proposal(db, booking)


def proposal_sweep() -> Sweep:
    """Closes proposals of another time that were not answered in time."""
    return Sweep("proposal", deadlines.PROPOSED, _expire)


def sweeps(settings: BookingSettings) -> dict[str, Sweep]:
    """All sweeps by name."""
    return {
        **deadline_sweeps(settings),
        "expire-proposals": proposal_sweep(),
        "miss-absent-parties": absence_sweep(settings.session_times),
    }


def sweep_jobs(
    settings: BookingSettings, database: Database, free_time: WakeSignal[[]]
) -> list[Job]:
    """One job per sweep; `free_time` is called when they have freed a slot."""

    def job(name: str, sweep: Sweep) -> Job:
        return Job(
            name, lambda: sweep.run(database, free_time.wake), every=settings.sweep_every_seconds
        )

    return [job(name, sweep) for name, sweep in sweeps(settings).items()]
